package io.portguard.benchmarks.overload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A proxy that stands before the service and limits what reaches it, with a number set by hand. */
enum Front {
    NGINX("nginx", "-v", "limit_conn " + Gate.BY_HAND + " by hand") {
        @Override
        List<String> command(Path directory) {
            return List.of(program().orElseThrow().toString(), "-p", directory.toString(), "-c", "front.conf");
        }
    },
    HAPROXY("haproxy", "-v", "queue by priority, maxconn " + Gate.BY_HAND + " by hand") {
        @Override
        List<String> command(Path directory) {
            return List.of(
                    program().orElseThrow().toString(),
                    "-db",
                    "-f",
                    directory.resolve("front.conf").toString());
        }
    };

    private static final Pattern VERSION = Pattern.compile("[/ ](\\d+\\.\\d+\\.\\d+)");

    private final String program;
    private final String versionOption;
    private final String means;

    Front(String program, String versionOption, String means) {
        this.program = program;
        this.versionOption = versionOption;
        this.means = means;
    }

    /** The command that runs it in the foreground with the configuration in a directory. */
    abstract List<String> command(Path directory);

    /** Where it is installed, if it is. */
    Optional<Path> program() {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
        return Stream.of(path.split(":"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public String toString() {
        return program;
    }

    /** What it is called in reports, with its version where it is installed. */
    String label() {
        return program
                + program().map(this::version).map(version -> " " + version).orElse("") + ", " + means;
    }

    /** The configuration, for a service at a port and the port to listen on. */
    String configuration(int servicePort, int port) {
        try (var resource = Front.class.getResourceAsStream(program + ".conf")) {
            if (resource == null) {
                throw new IOException("no " + program + ".conf among the resources");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${port}", Integer.toString(port))
                    .replace("${service}", Integer.toString(servicePort))
                    .replace("${limit}", Integer.toString(Gate.BY_HAND))
                    .replace("${critical}", Scenario.CRITICAL_PATH);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private String version(Path installed) {
        try {
            Process process = new ProcessBuilder(installed.toString(), versionOption)
                    .redirectErrorStream(true)
                    .start();
            return versionIn(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException fault) {
            return "";
        }
    }

    static String versionIn(String output) {
        Matcher matcher = VERSION.matcher(output.toLowerCase(Locale.ROOT));
        return matcher.find() ? matcher.group(1) : "";
    }
}
