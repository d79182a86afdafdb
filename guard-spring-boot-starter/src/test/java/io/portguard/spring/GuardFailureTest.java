package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Wrong configuration fails the start with a sentence. */
@ExtendWith(OutputCaptureExtension.class)
class GuardFailureTest {

    private static final String COMMAND_LINE = "from property source \"commandLineArgs\"";

    @Test
    void namesAValueOutOfRange(CapturedOutput output) {
        assertThat(description(output, "guard.clients.rate=-5"))
                .isEqualTo(
                        "The guard cannot be configured with guard.clients.rate: \"-5\" (from \"guard.clients.rate\" "
                                + COMMAND_LINE
                                + "); expected is a number a second, above 0 and at most 10000000, or unset.");
        assertThat(output).contains("Correct the value, or remove the property to have its default.");
    }

    @Test
    void namesAValueOfTheWrongType(CapturedOutput output) {
        assertThat(description(output, "guard.connections.max=many"))
                .isEqualTo("The guard cannot be configured with guard.connections.max: \"many\" (from"
                        + " \"guard.connections.max\" " + COMMAND_LINE
                        + "); expected is a whole number from 1 to 10000000.");
    }

    @Test
    void namesWhatMeansNeitherOnNorOff(CapturedOutput output) {
        assertThat(description(output, "guard.enabled=treu"))
                .isEqualTo("The guard cannot be configured with guard.enabled: \"treu\" (from \"guard.enabled\" "
                        + COMMAND_LINE + "); expected is true or false.");
    }

    @Test
    void namesAConstantThatThereIsNot(CapturedOutput output) {
        assertThat(description(output, "guard.mode=loud"))
                .isEqualTo("The guard cannot be configured with guard.mode: \"loud\" (from \"guard.mode\" "
                        + COMMAND_LINE + "); expected is enforce, shadow or off.");
    }

    @Test
    void namesAPriorityByItsIndex(CapturedOutput output) {
        assertThat(description(
                        output, "guard.requests.priorities[0].path=/a", "guard.requests.priorities[0].priority=vip"))
                .isEqualTo("The guard cannot be configured with guard.requests.priorities[0].priority: \"vip\" (from"
                        + " \"guard.requests.priorities[0].priority\" " + COMMAND_LINE
                        + "); expected is critical, important, normal or background.");
    }

    @Test
    void namesThePartOfAPriorityThatIsMissing(CapturedOutput output) {
        assertThat(description(output, "guard.requests.priorities[0].path=/a"))
                .isEqualTo(
                        "The guard cannot be configured with guard.requests.priorities[0].priority: \"\"; expected is"
                                + " critical, important, normal or background.");
    }

    @Test
    void namesAPathThatIsNone(CapturedOutput output) {
        assertThat(description(
                        output,
                        "guard.requests.priorities[0].path=/a/*/b",
                        "guard.requests.priorities[0].priority=critical"))
                .isEqualTo("The guard cannot be configured with guard.requests.priorities[0]: \"/a/*/b=critical\";"
                        + " expected is a path such as /orders or /orders/**, a method such as GET or none, and no"
                        + " commas.");
    }

    @Test
    void namesPropertiesThatDoNotFitTogether(CapturedOutput output) {
        assertThat(description(output, "guard.requests.concurrency.initial=20", "guard.requests.concurrency.max=10"))
                .isEqualTo("The guard cannot be configured with guard.requests.concurrency.initial: \"20\" (from"
                        + " \"guard.requests.concurrency.initial\" " + COMMAND_LINE
                        + "), guard.requests.concurrency.max: \"10\" (from \"guard.requests.concurrency.max\" "
                        + COMMAND_LINE + "); expected is requests.concurrency.min <= requests.concurrency.initial <="
                        + " requests.concurrency.max.");
    }

    @Test
    void namesWhatAMisspelledPropertyMayMean(CapturedOutput output) {
        assertThat(description(output, "guard.clients.rat=50"))
                .isEqualTo("There is no property guard.clients.rat: \"50\" (from \"guard.clients.rat\" " + COMMAND_LINE
                        + "); the nearest are guard.clients.rate, guard.clients.burst,"
                        + " guard.clients.read-rate.");
    }

    @Test
    void namesEveryPropertyThatThereIsNot(CapturedOutput output) {
        assertThat(description(output, "guard.enable=true", "guard.requests.priorities[2].pth=/a"))
                .contains("There is no property guard.enable: \"true\"", "the nearest are guard.enabled, ")
                .contains(
                        "There is no property guard.requests.priorities[2].pth: \"/a\"",
                        "the nearest are guard.requests.priorities[0].path, ");
    }

    @Test
    void namesTheLineOfAFile(CapturedOutput output, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("application.yml"), "guard:\n  clients:\n    rate: fast\n");
        assertThat(description(output, "spring.config.location=" + file.toUri()))
                .matches(
                        "The guard cannot be configured with guard\\.clients\\.rate: \"fast\" \\(from .*application"
                                + "\\.yml.* - 3:11\\); expected is a number a second, above 0 and at most 10000000, or unset\\.");
    }

    @Test
    void namesTheSettingsThatDoNotFitTogether(CapturedOutput output) {
        assertThat(description(output, "guard.clients.burst=5"))
                .isEqualTo(
                        "The guard cannot be configured with guard.clients.burst: \"5\" (from \"guard.clients.burst\" "
                                + COMMAND_LINE
                                + "), guard.clients.rate: \"unset by default\"; expected is clients.burst only"
                                + " together with clients.rate.");
    }

    @Test
    void namesATimeToBeSaturatedForThatIsNone(CapturedOutput output) {
        assertThat(description(output, "guard.readiness.saturated-for=soon"))
                .isEqualTo("The guard cannot be configured with guard.readiness.saturated-for: \"soon\" (from"
                        + " \"guard.readiness.saturated-for\" " + COMMAND_LINE
                        + "); expected is a duration from 1s to 1d, such as 20ms or 10s, or unset.");
        assertThat(description(output, "guard.readiness.saturated-for=5ms"))
                .isEqualTo("The guard cannot be configured with guard.readiness.saturated-for: \"5ms\" (from"
                        + " \"guard.readiness.saturated-for\" " + COMMAND_LINE
                        + "); expected is a duration from 1s to 1d, such as 20ms or 10s, or unset.");
    }

    /** What a person sees from the first line of the report to the last, for what people get wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "guard.managment.mode=off | There is no property guard.managment.mode: \"off\" (from"
                        + " \"guard.managment.mode\" @); the nearest are guard.management.mode, guard.management.enabled,"
                        + " guard.enabled. | NAME",
                "guard.management.requests.max=5 | There is no property guard.management.requests.max: \"5\" (from"
                        + " \"guard.management.requests.max\" @); the nearest are guard.management.connections.max,"
                        + " guard.management.access.deny, guard.management.access.allow. | NAME",
                "guard.connections.idle-timeout=sixty | The guard cannot be configured with guard.connections.idle-timeout:"
                        + " \"sixty\" (from \"guard.connections.idle-timeout\" @); expected is a duration from 1ms to 1d,"
                        + " such as 20ms or 10s. | VALUE",
                "guard.clients.trusted-proxies=10.0.0.0/40 | The guard cannot be configured with"
                        + " guard.clients.trusted-proxies: \"10.0.0.0/40\" (from \"guard.clients.trusted-proxies\" @);"
                        + " expected is a list of addresses or networks such as 10.0.0.0/8 or 2001:db8::/32, separated by"
                        + " commas. | VALUE",
                "guard.clients.identify-by=cookie | The guard cannot be configured with guard.clients.identify-by:"
                        + " \"cookie\" (from \"guard.clients.identify-by\" @); expected is address, header:NAME,"
                        + " principal or certificate. | VALUE",
                "guard.shedding.enabled=sometimes | The guard cannot be configured with guard.shedding.enabled:"
                        + " \"sometimes\" (from \"guard.shedding.enabled\" @); expected is true or false. | VALUE",
                "guard.requests.concurrency.algorithm=magic | The guard cannot be configured with"
                        + " guard.requests.concurrency.algorithm: \"magic\" (from \"guard.requests.concurrency.algorithm\""
                        + " @); expected is adaptive, fixed, aimd, vegas or gradient. | VALUE",
            })
    void isReportedAsAWhole(String property, String description, String action, CapturedOutput output) {
        assertThatThrownBy(() -> run(property)).isNotNull();
        String text = output.getAll();
        String report = text.substring(text.indexOf("***************************"));
        assertThat(report.lines().map(String::stripTrailing).filter(line -> !line.isEmpty()))
                .containsExactly(
                        "***************************",
                        "APPLICATION FAILED TO START",
                        "***************************",
                        "Description:",
                        description.replace("@", COMMAND_LINE),
                        "Action:",
                        action.equals("NAME")
                                ? "Correct the name, or remove the property. A limit that is misspelled is a limit that"
                                        + " is missing."
                                : "Correct the value, or remove the property to have its default.");
    }

    @Test
    void tellsTheSameInTheExceptionForThoseWhoSeeNoAnalysis() {
        assertThatThrownBy(() -> run("guard.clients.rate=-5"))
                .rootCause()
                .hasMessage(
                        "clients.rate: \"-5\" (expected: a number a second, above 0 and at most 10000000, or unset)");
        assertThatThrownBy(() -> run("guard.clients.rate=-5"))
                .hasStackTraceContaining("guard.clients.rate: \"-5\" (expected: a number a second");
    }

    private static String description(CapturedOutput output, String... properties) {
        assertThatThrownBy(() -> run(properties)).isNotNull();
        String text = output.getAll();
        int start = text.lastIndexOf("Description:") + "Description:".length();
        return text.substring(start, text.lastIndexOf("Action:")).trim();
    }

    private static void run(String... properties) {
        new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .run(GuardedService.arguments(properties))
                .close();
    }

    @SpringBootConfiguration
    @ImportAutoConfiguration({GuardAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class})
    static class Application {}
}
