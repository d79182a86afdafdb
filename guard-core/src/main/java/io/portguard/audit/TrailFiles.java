package io.portguard.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a guard's trail in a folder, {@code NAME.2026-11-25.0001.jsonl}: their names, order and age. */
record TrailFiles(Path folder, String guard) {

    private static final String SUFFIX = ".jsonl";
    private static final int NUMBER_DIGITS = 4;
    private static final int DATE_LENGTH = 10;

    /** Whose trails there are in a folder. */
    static SortedSet<String> guardsIn(Path folder) throws IOException {
        SortedSet<String> guards = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                String guard = name.substring(0, Math.max(0, name.indexOf('.')));
                if (!guard.isEmpty() && new TrailFiles(folder, guard).dateOf(file) != null) {
                    guards.add(guard);
                }
            }
        }
        return guards;
    }

    /** The files, oldest first. */
    List<Path> all() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> dateOf(file) != null)
                    .sorted(Comparator.comparing(this::dayOf).thenComparing(this::numberOf))
                    .toList();
        }
    }

    /** The name of a new file of this day. */
    Path next(LocalDate day) throws IOException {
        int last = 0;
        for (Path file : all()) {
            if (day.equals(dateOf(file))) {
                last = Math.max(last, numberOf(file));
            }
        }
        String number = String.format(Locale.ROOT, "%0" + NUMBER_DIGITS + "d", last + 1);
        return folder.resolve(guard + "." + day + "." + number + SUFFIX);
    }

    /** Deletes files of days before this one. */
    void deleteBefore(LocalDate day) throws IOException {
        for (Path file : all()) {
            LocalDate date = dateOf(file);
            if (date != null && date.isBefore(day)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private LocalDate dayOf(Path file) {
        LocalDate date = dateOf(file);
        return date == null ? LocalDate.EPOCH : date;
    }

    private @Nullable LocalDate dateOf(Path file) {
        String rest = rest(file);
        if (rest == null || rest.length() <= DATE_LENGTH || rest.charAt(DATE_LENGTH) != '.' || numberOf(file) < 0) {
            return null;
        }
        try {
            return LocalDate.parse(rest.substring(0, DATE_LENGTH));
        } catch (DateTimeParseException other) {
            return null;
        }
    }

    private int numberOf(Path file) {
        String rest = rest(file);
        String digits = rest == null || rest.length() <= DATE_LENGTH ? "" : rest.substring(DATE_LENGTH + 1);
        boolean number = digits.length() >= NUMBER_DIGITS
                && digits.length() < 10
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Integer.parseInt(digits) : -1;
    }

    /** Between the guard's name and the suffix: date and number. */
    private @Nullable String rest(Path file) {
        String name = file.getFileName().toString();
        String prefix = guard + ".";
        return name.startsWith(prefix) && name.endsWith(SUFFIX) && name.length() > prefix.length() + SUFFIX.length()
                ? name.substring(prefix.length(), name.length() - SUFFIX.length())
                : null;
    }
}
