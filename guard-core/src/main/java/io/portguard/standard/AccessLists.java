package io.portguard.standard;

import io.portguard.client.AddressFile;
import io.portguard.client.AddressRange;
import io.portguard.client.AddressRanges;
import io.portguard.rule.StandardRules;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.Setting;
import io.portguard.settings.SettingValues;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lists of who may connect: those that are set and those in files that are followed. Thread-safe. */
final class AccessLists {

    private static final System.Logger LOGGER = System.getLogger(AccessLists.class.getName());

    private final StandardRules rules;
    private final @Nullable AddressFile allowFile;
    private final @Nullable AddressFile denyFile;
    private AddressRanges allow = AddressRanges.NONE;
    private AddressRanges deny = AddressRanges.NONE;

    AccessLists(StandardRules rules, SettingValues values, long nowNanos) {
        this.rules = rules;
        allowFile = file(StandardSettings.ACCESS_ALLOW_FILE, values, false, nowNanos);
        denyFile = file(StandardSettings.ACCESS_DENY_FILE, values, true, nowNanos);
    }

    private static @Nullable AddressFile file(
            Setting<Path> setting, SettingValues values, boolean mayBeEmpty, long nowNanos) {
        Path path = values.find(setting);
        try {
            return path == null ? null : new AddressFile(path, mayBeEmpty, nowNanos);
        } catch (AddressFile.BrokenException broken) {
            throw new InvalidSettingException(
                    setting.name(), path.toString(), "a file of addresses and networks; " + broken.getMessage());
        }
    }

    synchronized void apply(SettingValues values) {
        allow = values.get(StandardSettings.ACCESS_ALLOW);
        deny = values.get(StandardSettings.ACCESS_DENY);
        publish();
    }

    /** Takes over what has changed in the files; returns whether anything has. */
    synchronized boolean follow(long nowNanos) {
        boolean allowChanged = follow(StandardSettings.ACCESS_ALLOW_FILE, allowFile, nowNanos);
        boolean denyChanged = follow(StandardSettings.ACCESS_DENY_FILE, denyFile, nowNanos);
        boolean changed = allowChanged || denyChanged;
        if (changed) {
            publish();
        }
        return changed;
    }

    private static boolean follow(Setting<Path> setting, @Nullable AddressFile file, long nowNanos) {
        if (file == null || !file.follow(nowNanos)) {
            return false;
        }
        String trouble = file.trouble();
        if (trouble == null) {
            int count = file.ranges().ranges().size();
            LOGGER.log(Level.INFO, () -> setting + ": read anew, " + count + " addresses and networks");
        } else {
            LOGGER.log(Level.WARNING, () -> notice(setting, trouble));
        }
        return true;
    }

    private void publish() {
        rules.access(allow(), deny());
    }

    private static AddressRanges with(@Nullable AddressFile file, AddressRanges set) {
        if (file == null) {
            return set;
        }
        List<AddressRange> all = new ArrayList<>(set.ranges());
        all.addAll(file.ranges().ranges());
        return new AddressRanges(all);
    }

    /** Who may connect, with those in the file. */
    synchronized AddressRanges allow() {
        return with(allowFile, allow);
    }

    /** Who may not connect, with those in the file. */
    synchronized AddressRanges deny() {
        return with(denyFile, deny);
    }

    /** What an operator should know of the files. */
    List<String> notices() {
        List<String> notices = new ArrayList<>();
        addNotice(notices, StandardSettings.ACCESS_ALLOW_FILE, allowFile);
        addNotice(notices, StandardSettings.ACCESS_DENY_FILE, denyFile);
        return notices;
    }

    private static void addNotice(List<String> notices, Setting<Path> setting, @Nullable AddressFile file) {
        String trouble = file == null ? null : file.trouble();
        if (trouble != null) {
            notices.add(notice(setting, trouble));
        }
    }

    private static String notice(Setting<Path> setting, String trouble) {
        return setting + " is broken, what was read last stays in force: " + trouble;
    }
}
