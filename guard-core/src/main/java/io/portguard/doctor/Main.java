package io.portguard.doctor;

import io.portguard.audit.VerifyCommand;
import java.io.PrintStream;
import java.util.List;

/** The commands {@code java -jar guard-core.jar doctor} and {@code audit verify}. */
public final class Main {

    private static final int SOUND = 0;
    private static final int FINDINGS = 1;
    private static final int COULD_NOT_LOOK = 2;

    private Main() {}

    /** Ends the virtual machine: 0 sound, 1 findings or broken, 2 could not look. */
    public static void main(String... words) {
        int status = run(Doctor.forOperators(), System.out, System.err, words);
        System.out.flush();
        System.exit(status);
    }

    static int run(Doctor doctor, PrintStream out, PrintStream err, String... words) {
        if (words.length > 0 && words[0].equals("audit")) {
            return VerifyCommand.run(out, err, List.of(words).subList(1, words.length));
        }
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
