package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.settings.Settings;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;

/** Every configuration that a guide page shows is one that works. */
class GuidePagesTest {

    private static final Pattern YAML = Pattern.compile("```yaml\\n(guard:.*?)```", Pattern.DOTALL);

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class));

    @Test
    void tlsAndFirstBytes() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "tls-and-first-bytes.md"));
        List<String> examples =
                YAML.matcher(page).results().map(result -> result.group(1)).toList();
        assertThat(examples).hasSize(6);
        for (String example : examples) {
            ByteArrayResource yaml = new ByteArrayResource(example.getBytes(StandardCharsets.UTF_8));
            runner.withInitializer(context -> {
                        try {
                            new YamlPropertySourceLoader()
                                    .load("page", yaml)
                                    .forEach(context.getEnvironment().getPropertySources()::addFirst);
                        } catch (IOException unreadable) {
                            throw new IllegalStateException(unreadable);
                        }
                    })
                    .run(context -> {
                        assertThat(context).as(example).hasNotFailed();
                        Settings settings = context.getBean(StandardGuard.class).settings();
                        assertThat(settings.all()).as(example).anyMatch(settings::isChanged);
                    });
        }
    }
}
