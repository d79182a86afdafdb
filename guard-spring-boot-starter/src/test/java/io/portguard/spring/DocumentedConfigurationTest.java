package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.settings.Settings;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Every configuration that the documentation shows can be used as it stands, and changes something. */
class DocumentedConfigurationTest {

    private static final List<String> PAGES = List.of("README.md", "docs/spring-boot.md", "docs/webflux.md");
    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml$\n(.*?)^```$");

    record Example(String page, String yaml) {

        @Override
        public String toString() {
            return page + ": " + yaml.lines().limit(3).toList();
        }
    }

    static Stream<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        for (String page : PAGES) {
            String text = Files.readString(Path.of("..", page));
            YAML.matcher(text)
                    .results()
                    .map((MatchResult block) -> new Example(page, block.group(1)))
                    .forEach(examples::add);
        }
        return examples.stream();
    }

    @Test
    void thereAreSome() throws IOException {
        assertThat(examples().map(Example::page).distinct()).containsExactlyElementsOf(PAGES);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isAccepted(Example example) throws IOException {
        List<PropertySource<?>> sources = new YamlPropertySourceLoader()
                .load(example.page(), new ByteArrayResource(example.yaml().getBytes(StandardCharsets.UTF_8)));
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        GuardAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
                .withInitializer(context -> sources.forEach(
                        source -> context.getEnvironment().getPropertySources().addFirst(source)))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Map<String, String> ofManagement =
                            context.getBean(GuardProperties.class).management().settings();
                    Settings settings = context.getBean(StandardGuard.class).settings();
                    boolean saysSomethingElse = !example.yaml().contains("guard:")
                            || !ofManagement.isEmpty()
                            || example.yaml().contains("saturated-for");
                    assertThat(settings.all().stream().anyMatch(settings::isChanged))
                            .isEqualTo(!saysSomethingElse);
                });
    }
}
