package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.proc.TcpState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class MainTest {

    @TempDir
    private Path root;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private ProcTree tree;

    @BeforeEach
    void aSoundMachine() {
        tree = new ProcTree(root).listen(8080, 2, 1_000).process(100, "java -jar app.jar", 20, 1_000L);
    }

    private int run(String... words) {
        Doctor doctor = new Doctor(tree.proc(), () -> {}, () -> Map.of(8080, 200));
        out.reset();
        err.reset();
        return Main.run(
                doctor,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                words);
    }

    private JsonNode json() {
        return new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsSoundEndsWith0() {
        assertThat(run("doctor", "--port", "8080")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Port 8080: sound.\n");
        assertThat(err.size()).isZero();
    }

    @Test
    void aNoteIsNoTrouble() {
        tree.setting("net.ipv4.tcp_keepalive_time", "7200");
        assertThat(run("doctor", "--port=8080")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Port 8080: sound, 1 note.\n");
    }

    @Test
    void findingsEndWith1() {
        tree.setting("net.ipv4.tcp_syncookies", "0");
        assertThat(run("doctor", "--pid", "100", "--port", "8080")).isOne();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Port 8080 of process 100: 1 warning.\n");
    }

    @Test
    void whatCannotBeLookedAtEndsWith2() {
        assertThat(run("doctor", "--pid", "101")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("There is no process 101.\n");
        assertThat(out.size()).isZero();
        assertThat(run("doctor", "--pid", "101", "--json")).isEqualTo(2);
        assertThat(json().get("verdict").asString()).isEqualTo("could not look");
        assertThat(json().get("error").asString()).isEqualTo("There is no process 101.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; No command (expected: doctor, or audit verify FOLDER).",
                "nurse; There is no command \"nurse\" (expected: doctor, audit).",
                "doctor --port; --port: \"\" (expected: a number from 1 to 65535)",
                "doctor --port 0; --port: \"0\" (expected: a number from 1 to 65535)",
                "doctor --port 65536; --port: \"65536\" (expected: a number from 1 to 65535)",
                "doctor --port -1; --port: \"-1\" (expected: a number from 1 to 65535)",
                "doctor --port=http; --port: \"http\" (expected: a number from 1 to 65535)",
                "doctor --pid 99999999999; --pid: \"99999999999\" (expected: a number from 1 to 2147483647)",
                "doctor --pid 1 --pid 2; --pid: (expected: --port N, --pid P once, --json)",
                "doctor 8080; 8080: (expected: --port N, --pid P once, --json)",
                "doctor --verbose; --verbose: (expected: --port N, --pid P once, --json)"
            })
    void aWrongCommandLineGetsASentenceAndTheUsage(String line, String sentence) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(sentence + "\n" + Arguments.USAGE);
        assertThat(out.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "doctor --help", "doctor --port 1 -h"})
    void whoAsksForHelpGetsIt(String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(Arguments.USAGE);
    }

    @Test
    void auditTrailsAreVerifiedByTheSameJar() {
        assertThat(run("audit", "verify", root.resolve("none").toString())).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("is no folder");
        assertThat(run("audit", "--help")).isZero();
    }

    @Test
    void machinesGetJson() {
        tree.setting("net.ipv4.tcp_syncookies", "0")
                .connections(8080, TcpState.ESTABLISHED, 3, 5_000)
                .counter("ListenOverflows", 4)
                .memory(100, 1_000, 10, 0);
        assertThat(run("doctor", "--port", "8080", "--json")).isOne();
        JsonNode json = json();
        assertThat(json.get("verdict").asString()).isEqualTo("findings");
        assertThat(json.get("pid").asLong()).isEqualTo(100);
        JsonNode finding = json.get("findings").get(0);
        assertThat(finding.get("id").asString()).isEqualTo("syn-cookies-off");
        assertThat(finding.get("severity").asString()).isEqualTo("warning");
        assertThat(finding.get("control").asString()).startsWith("CIS ");
        assertThat(List.of("seen", "why", "mend"))
                .allSatisfy(name -> assertThat(finding.get(name).asString()).isNotBlank());
        assertThat(json.get("listeners").get(0)).isEqualTo(new ObjectMapper().readTree("""
                {"address": "0.0.0.0", "port": 8080, "ipv6": false, "waiting": 2, "capacity": 200,
                 "holders": [{"pid": 100, "command": "java -jar app.jar", "uid": 7}]}"""));
        assertThat(json.get("connections")).isEqualTo(new ObjectMapper().readTree("{\"established\": 3}"));
        assertThat(json.get("clients"))
                .isEqualTo(new ObjectMapper().readTree("[{\"address\": \"10.0.0.1\", \"connections\": 3}]"));
        assertThat(json.get("overflows").get("since_up").asLong()).isEqualTo(4);
        assertThat(json.get("descriptors").get("open").asLong()).isEqualTo(21);
        assertThat(json.get("memory").get("max").asLong()).isEqualTo(1_000L << 20);
        assertThat(json.get("settings").get("net.core.somaxconn").asLong()).isEqualTo(4_096);
        assertThat(json.get("unseen").isEmpty()).isTrue();
    }

    @Test
    void jsonOfAnyTextIsReadAgainAsItWas() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                text.append((char) (random.nextBoolean() ? random.nextInt(0xd800) : random.nextInt(128)));
            }
            Map<String, Object> object = Map.of("a" + text, List.of(text.toString(), 5, true, Map.of(), List.of()));
            assertThat(new ObjectMapper().readValue(Json.of(object), Object.class))
                    .as("seed %s", seed)
                    .isEqualTo(object);
        }
    }

    @Test
    void ofACommandNothingIsShownThatMayBeASecret() {
        assertThat(Holder.brief(List.of("/usr/bin/java", "-Xmx1g", "-cp", "/a:/b", "com.acme.Main", "--password=x")))
                .isEqualTo("java com.acme.Main");
        assertThat(Holder.brief(List.of("/opt/jdk/bin/java", "-Dkey=secret", "-jar", "/srv/app.jar", "--token", "x")))
                .isEqualTo("java -jar app.jar");
        assertThat(Holder.brief(List.of("nginx: worker process"))).isEqualTo("nginx: worker process");
        assertThat(Holder.brief(List.of("python3", "/srv/server.py", "secret"))).isEqualTo("python3 server.py");
        assertThat(Holder.brief(List.of("redis-server *:6379", "-a", "secret"))).doesNotContain("secret");
        assertThat(Holder.brief(List.of("\u001b[31m"))).isEqualTo("?[31m");
    }

    @Test
    void whatSsSaysOfQueuesIsUnderstood() {
        assertThat(SocketStatistics.capacities(List.of(
                        "LISTEN 0      128          0.0.0.0:2024      0.0.0.0:*",
                        "LISTEN 0      50                 *:8080            *:*",
                        "LISTEN 3      100    127.0.0.1%lo:8081      0.0.0.0:*",
                        "LISTEN 0      100            [::1]:8081         [::]:*",
                        "ESTAB  0      0          127.0.0.1:9         127.0.0.1:1",
                        "garbage",
                        "LISTEN 0 x a:b c")))
                .isEqualTo(Map.of(2024, 128, 8080, 50, 8081, 200));
    }

    /** The jar alone has to do: an operator copies it out of a service and onto a machine. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theCommandRunsWithNothingButTheCoresOwnClasses() throws Exception {
        Path classes = Path.of(
                Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classes.toString(),
                        Main.class.getName(),
                        "doctor",
                        "--pid",
                        Long.toString(ProcessHandle.current().pid()),
                        "--json")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isBetween(0, 1);
        JsonNode json = new ObjectMapper().readTree(answer);
        assertThat(json.get("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
        assertThat(json.get("verdict").asString()).isEqualTo(process.exitValue() == 0 ? "sound" : "findings");
    }
}
