package io.portguard.settings;

/**
 * That a setting was changed while the guard runs.
 *
 * @param who changed it: a user, or the way it came, such as {@code jmx}
 * @param setting its dotted name
 * @param from the value before, as text
 * @param to the value now, as text
 * @param seconds after which it reverts by itself; 0 for good
 */
public record SettingChange(String who, String setting, String from, String to, long seconds) {}
