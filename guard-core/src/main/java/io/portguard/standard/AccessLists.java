package io.portguard.standard;

import static java.util.stream.Collectors.joining;

import io.portguard.audit.Audit;
import io.portguard.client.AddressFile;
import io.portguard.client.AddressRange;
import io.portguard.client.AddressRanges;
import io.portguard.rule.StandardRules;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.Setting;
import io.portguard.settings.SettingChange;
import io.portguard.settings.SettingValues;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lists of who may connect: those that are set and those in files that are followed. Thread-safe. */
final class AccessLists {

    private static final System.Logger LOGGER = System.getLogger(AccessLists.class.getName());

    /** As whom changes of a file are recorded: who wrote it is not known. */
    private static final String FILE = "file";

    /** Addresses and networks that a record of a change names. */
    private static final int RECORDED = 1_000;

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

    /**
     * Takes over what has changed in the files and records it; returns whether anything has. To be called by one thread at a
     * time, which nobody waits for: a disk may take its time.
     */
    boolean follow(long nowNanos, Audit audit) {
        boolean allowChanged = follow(StandardSettings.ACCESS_ALLOW_FILE, allowFile, nowNanos, audit);
        boolean denyChanged = follow(StandardSettings.ACCESS_DENY_FILE, denyFile, nowNanos, audit);
        boolean changed = allowChanged || denyChanged;
        if (changed) {
            publish();
        }
        return changed;
    }

    private static boolean follow(Setting<Path> setting, @Nullable AddressFile file, long nowNanos, Audit audit) {
        if (file == null) {
            return false;
        }
        AddressRanges before = file.ranges();
        if (!file.follow(nowNanos)) {
            return false;
        }
        String trouble = file.trouble();
        if (trouble == null) {
            AddressRanges now = file.ranges();
            LOGGER.log(Level.INFO, () -> setting + ": read anew, " + size(now));
            audit.changed(
                    new SettingChange(FILE, setting.name(), size(before), size(now) + difference(before, now), 0));
        } else {
            LOGGER.log(Level.WARNING, () -> notice(setting, trouble));
        }
        return true;
    }

    private static String size(AddressRanges ranges) {
        return ranges.ranges().size() + " addresses and networks";
    }

    private static String difference(AddressRanges before, AddressRanges now) {
        return only("new", now, before) + only("gone", before, now);
    }

    /** Those of one list that the other lacks. */
    private static String only(String what, AddressRanges of, AddressRanges lacking) {
        Set<AddressRange> only = new LinkedHashSet<>(of.ranges());
        lacking.ranges().forEach(only::remove);
        if (only.isEmpty()) {
            return "";
        }
        String more = only.size() > RECORDED ? " and " + (only.size() - RECORDED) + " more" : "";
        return only.stream()
                .limit(RECORDED)
                .map(AddressRange::toString)
                .collect(joining(", ", "; " + what + ": ", more));
    }

    private synchronized void publish() {
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
