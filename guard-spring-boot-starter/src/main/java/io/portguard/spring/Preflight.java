package io.portguard.spring;

import io.portguard.doctor.CannotLookException;
import io.portguard.doctor.Diagnosis;
import io.portguard.doctor.Doctor;
import io.portguard.doctor.Subject;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import org.springframework.core.env.Environment;

/**
 * Looks at the machine before the port is opened, and says what will go wrong: findings that are more than notes, as one
 * warning or as the end of the start. It looks once and at no connection, which takes a few milliseconds.
 */
final class Preflight {

    static final String PROPERTY = KnownProperties.PREFIX + "preflight";

    private static final System.Logger LOG = System.getLogger(Preflight.class.getName());
    private static final String DEFAULT_PORT = "8080";

    /** What comes of findings. */
    enum Reaction {
        /** Nobody looks. */
        OFF,
        /** They are logged. */
        WARN,
        /** They end the start. */
        FAIL
    }

    Preflight(Reaction reaction, Environment environment) {
        if (reaction != Reaction.OFF) {
            run(reaction, Doctor.ofThisSystem(Duration.ZERO), ports(environment));
        }
    }

    static void run(Reaction reaction, Doctor doctor, Set<Integer> ports) {
        Diagnosis diagnosis;
        try {
            diagnosis = doctor.diagnose(Subject.starting(ports));
        } catch (CannotLookException elsewhere) {
            LOG.log(Level.DEBUG, "No preflight: {0}", elsewhere.getMessage());
            return;
        }
        if (diagnosis.isSound()) {
            return;
        }
        if (reaction == Reaction.FAIL) {
            throw new PreflightFailedException(diagnosis);
        }
        LOG.log(
                Level.WARNING,
                "The preflight found what will go wrong here ({0}=off silences it):{1}{2}",
                PROPERTY,
                System.lineSeparator(),
                diagnosis.troubles());
    }

    /** None where the kernel is to choose one, or there is to be no server. */
    private static Set<Integer> ports(Environment environment) {
        String port = environment.getProperty("server.port", DEFAULT_PORT).trim();
        return port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= 65_535
                ? Set.of(Integer.parseInt(port))
                : Set.of();
    }

    /** Ends the start. */
    static final class PreflightFailedException extends IllegalStateException {

        private static final long serialVersionUID = 1;

        private PreflightFailedException(Diagnosis diagnosis) {
            super(diagnosis.troubles());
        }
    }
}
