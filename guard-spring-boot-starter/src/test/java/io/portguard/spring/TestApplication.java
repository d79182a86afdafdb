package io.portguard.spring;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** A service that knows nothing of its guard. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(TestApplication.Controller.class)
class TestApplication {

    @Bean
    Gate gate() {
        return new Gate();
    }

    /** Where requests stay in progress until the test opens it. */
    static final class Gate {

        private final Semaphore entered = new Semaphore(0);
        private final Semaphore opened = new Semaphore(0);

        void pass() throws InterruptedException {
            entered.release();
            if (!opened.tryAcquire(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The test did not open the gate.");
            }
        }

        void awaitEntered() throws InterruptedException {
            if (!entered.tryAcquire(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("No request came to the gate.");
            }
        }

        void open() {
            opened.release();
        }
    }

    @RestController
    static class Controller {

        private final Gate gate;

        Controller(Gate gate) {
            this.gate = gate;
        }

        @GetMapping("/hello")
        String hello() {
            return "hello";
        }

        @GetMapping("/gate")
        String gate() throws InterruptedException {
            gate.pass();
            return "passed";
        }

        @GetMapping("/async")
        Callable<String> async() {
            return () -> {
                gate.pass();
                return "passed later";
            };
        }

        @GetMapping("/stream")
        StreamingResponseBody stream() {
            return out -> {
                for (int i = 0; i < 3; i++) {
                    out.write("line\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            };
        }

        @GetMapping("/fail")
        String fail() {
            throw new IllegalStateException("always");
        }
    }
}
