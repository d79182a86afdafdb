package io.portguard.standard;

import io.portguard.pressure.FileDescriptors;
import io.portguard.settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The settings with the defaults that depend on the process. */
final class ProcessSettings {

    private static final double CONNECTIONS_PER_DESCRIPTOR = 0.8;

    private ProcessSettings() {}

    /**
     * All settings.
     *
     * @param defaults other defaults than the core's, by name
     */
    static List<Setting<?>> all(Map<String, String> defaults) {
        long descriptors = new FileDescriptors().max();
        List<Setting<?>> settings = new ArrayList<>(StandardSettings.all());
        if (descriptors > 0) {
            long connections = Math.max(1, Math.min((long) (descriptors * CONNECTIONS_PER_DESCRIPTOR), 10_000_000));
            settings.replaceAll(setting -> setting.equals(StandardSettings.CONNECTIONS_MAX)
                    ? StandardSettings.CONNECTIONS_MAX.withDefault((int) connections)
                    : setting);
        }
        settings.replaceAll(setting -> {
            String text = defaults.get(setting.name());
            return text == null ? setting : setting.withDefaultText(text);
        });
        return settings;
    }
}
