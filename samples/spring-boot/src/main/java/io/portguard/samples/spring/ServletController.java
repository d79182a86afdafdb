package io.portguard.samples.spring;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** A few kinds of answers on a servlet container: work, none, asynchronous, streamed, failed. */
@RestController
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ServletController {

    static final int STREAMED_LINES = 5;

    private final Workers workers;

    ServletController(Workers workers) {
        this.workers = workers;
    }

    /** One unit of work, whatever comes below the path: {@code /job/important} for a priority of its own. */
    @RequestMapping({"/job", "/job/**"})
    String job() throws InterruptedException {
        workers.work();
        return "done\n";
    }

    @GetMapping("/hello")
    String hello() {
        return "hello\n";
    }

    /** One unit of work on another thread than the container's. */
    @GetMapping("/async")
    Callable<String> async() {
        return () -> {
            workers.work();
            return "done later\n";
        };
    }

    /** A response that is written line by line, a unit of work for each. */
    @GetMapping("/stream")
    ResponseEntity<StreamingResponseBody> stream() {
        StreamingResponseBody body = out -> {
            for (int line = 1; line <= STREAMED_LINES; line++) {
                try {
                    workers.work();
                } catch (InterruptedException shutdown) {
                    Thread.currentThread().interrupt();
                    return;
                }
                out.write(("line " + line + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        };
        return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(body);
    }

    @GetMapping("/fail")
    String fail() {
        throw new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR, "This always fails.");
    }
}
