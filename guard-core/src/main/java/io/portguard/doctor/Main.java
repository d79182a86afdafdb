package io.portguard.doctor;

import java.io.PrintStream;

/** The command {@code java -jar guard-core.jar doctor}. */
public final class Main {

    private static final int SOUND = 0;
    private static final int FINDINGS = 1;
    private static final int COULD_NOT_LOOK = 2;

    private Main() {}

    /** Ends the virtual machine: 0 sound, 1 findings, 2 could not look. */
    public static void main(String... words) {
        int status = run(Doctor.forOperators(), System.out, System.err, words);
        System.out.flush();
        System.exit(status);
    }

    static int run(Doctor doctor, PrintStream out, PrintStream err, String... words) {
        Arguments arguments;
        try {
            arguments = Arguments.parse(words);
        } catch (Arguments.UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(Arguments.USAGE);
            return COULD_NOT_LOOK;
        }
        if (arguments.isHelp()) {
            out.print(Arguments.USAGE);
            return SOUND;
        }
        try {
            Diagnosis diagnosis = doctor.diagnose(Subject.of(arguments.ports(), arguments.pid()));
            if (arguments.isJson()) {
                out.println(diagnosis.json());
            } else {
                out.print(diagnosis.text());
            }
            return diagnosis.isSound() ? SOUND : FINDINGS;
        } catch (CannotLookException reason) {
            if (arguments.isJson()) {
                out.println(JsonReport.of(reason));
            }
            err.println(reason.getMessage());
            return COULD_NOT_LOOK;
        }
    }
}
