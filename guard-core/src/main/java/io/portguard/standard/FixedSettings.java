package io.portguard.standard;

import io.portguard.NanoClock;
import io.portguard.audit.Audit;
import io.portguard.client.ClientIdentity;
import io.portguard.http.RequestClassifier;
import io.portguard.settings.SettingValues;

/** What is made of the settings that cannot be tuned. */
final class FixedSettings {

    private FixedSettings() {}

    static ClientIdentity identity(SettingValues values) {
        return new ClientIdentity(
                values.get(StandardSettings.CLIENTS_IDENTIFY_BY),
                values.get(StandardSettings.CLIENTS_IPV4_PREFIX),
                values.get(StandardSettings.CLIENTS_IPV6_PREFIX),
                values.get(StandardSettings.CLIENTS_TRUSTED_PROXIES));
    }

    static RequestClassifier classifier(SettingValues values) {
        return new RequestClassifier(
                values.get(StandardSettings.REQUESTS_PRIORITIES),
                values.get(StandardSettings.REQUESTS_EXEMPT),
                values.get(StandardSettings.REQUESTS_STREAMS));
    }

    static Audit audit(String guard, SettingValues values, NanoClock clock) {
        return new Audit(
                guard,
                values.find(StandardSettings.AUDIT_FOLDER),
                (long) values.get(StandardSettings.AUDIT_FILE_SIZE) << 20,
                values.get(StandardSettings.AUDIT_RETENTION),
                clock);
    }
}
