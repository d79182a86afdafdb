package io.portguard.doctor;

import io.portguard.proc.ProcProcess;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A process that has a socket. Immutable.
 *
 * @param pid its number
 * @param command its program and what it runs; no other argument, for those may be secrets
 * @param uid the user it runs as; empty when that cannot be seen
 */
record Holder(long pid, String command, OptionalLong uid) {

    private static final Set<String> OPTIONS_WITH_VALUE = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--add-modules",
            "--add-opens",
            "--add-exports");

    private static final Pattern INTERPRETER = Pattern.compile("(python|node|perl|ruby|php|bash|sh)[0-9.]*");

    static Holder of(ProcProcess process) {
        String command;
        try {
            command = brief(process.command());
        } catch (IOException gone) {
            command = "?";
        }
        return new Holder(process.pid(), command, process.uid());
    }

    static String brief(List<String> words) {
        String program = printable(fileName(words.get(0)));
        if (!program.equals("java")) {
            boolean isScript = INTERPRETER.matcher(program).matches()
                    && words.size() > 1
                    && !words.get(1).startsWith("-");
            return isScript ? program + " " + printable(fileName(words.get(1))) : program;
        }
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-jar") && i + 1 < words.size()) {
                return "java -jar " + printable(fileName(words.get(i + 1)));
            }
            if (OPTIONS_WITH_VALUE.contains(word)) {
                i++;
            } else if (!word.startsWith("-")) {
                return "java " + printable(fileName(word));
            }
        }
        return program;
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String printable(String text) {
        String clean = text.replaceAll("[^ -~]", "?");
        return clean.length() <= 60 ? clean : clean.substring(0, 57) + "...";
    }

    @Override
    public String toString() {
        return "process " + pid + " (" + command + (uid.isPresent() ? ", user " + uid.getAsLong() : "") + ")";
    }
}
