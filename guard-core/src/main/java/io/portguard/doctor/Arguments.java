package io.portguard.doctor;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was asked on the command line. Immutable.
 *
 * @param ports none for all
 * @param pid 0 for any
 * @param isJson whether a machine reads the answer
 * @param isHelp whether only the usage is wanted
 */
record Arguments(Set<Integer> ports, long pid, boolean isJson, boolean isHelp) {

    static final String USAGE = """
            usage: java -jar guard-core.jar doctor [--port N]... [--pid P] [--json]

            Looks at ports of this machine and says what is wrong, the worst first.
              --port N   the port; several when the process is meant to listen on
                         several. Without: every port that somebody listens on.
              --pid P    the process that is meant to listen there.
              --json     for machines.
            Exit status: 0 sound (notes at most), 1 findings, 2 could not look.
            """;

    /** What is wrong with the command line, in a sentence. */
    static final class UsageException extends Exception {

        private static final long serialVersionUID = 1;

        UsageException(String sentence) {
            super(sentence);
        }
    }

    static Arguments parse(String... words) throws UsageException {
        Iterator<String> rest = Arrays.stream(words)
                .flatMap(word -> Arrays.stream(word.startsWith("--") ? word.split("=", 2) : new String[] {word}))
                .iterator();
        if (!rest.hasNext()) {
            throw new UsageException("No command (expected: doctor, or audit verify FOLDER).");
        }
        String command = rest.next();
        boolean help = isHelp(command);
        if (!help && !command.equals("doctor")) {
            throw new UsageException("There is no command \"" + command + "\" (expected: doctor, audit).");
        }
        Set<Integer> ports = new TreeSet<>();
        long pid = 0;
        boolean json = false;
        while (rest.hasNext()) {
            String option = rest.next();
            if (option.equals("--port")) {
                ports.add((int) number(option, rest, 65_535));
            } else if (option.equals("--pid") && pid == 0) {
                pid = number(option, rest, Integer.MAX_VALUE);
            } else if (option.equals("--json")) {
                json = true;
            } else if (isHelp(option)) {
                help = true;
            } else {
                throw new UsageException(option + ": (expected: --port N, --pid P once, --json)");
            }
        }
        return new Arguments(ports, pid, json, help);
    }

    private static boolean isHelp(String word) {
        return word.equals("--help") || word.equals("-h");
    }

    private static long number(String option, Iterator<String> rest, int max) throws UsageException {
        String text = rest.hasNext() ? rest.next() : "";
        long number = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 0;
        if (number < 1 || number > max) {
            throw new UsageException(option + ": \"" + text + "\" (expected: a number from 1 to " + max + ")");
        }
        return number;
    }
}
