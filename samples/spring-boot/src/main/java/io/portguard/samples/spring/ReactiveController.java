package io.portguard.samples.spring;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The same answers as the other controller's, without a thread for each. */
@RestController
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveController {

    private final ReactiveWorkers workers;

    ReactiveController(ReactiveWorkers workers) {
        this.workers = workers;
    }

    /** One unit of work, whatever comes below the path: {@code /job/important} for a priority of its own. */
    @RequestMapping({"/job", "/job/**"})
    Mono<String> job() {
        return work().thenReturn("done\n");
    }

    @GetMapping("/hello")
    Mono<String> hello() {
        return Mono.just("hello\n");
    }

    @GetMapping("/async")
    Mono<String> async() {
        return work().thenReturn("done later\n");
    }

    /** A response that is written line by line, a unit of work for each. */
    @GetMapping(path = "/stream", produces = MediaType.TEXT_PLAIN_VALUE)
    Flux<String> stream() {
        return Flux.range(1, ServletController.STREAMED_LINES)
                .concatMap(line -> work().thenReturn("line " + line + "\n"), 1);
    }

    @GetMapping("/fail")
    Mono<String> fail() {
        return Mono.error(new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR, "This always fails."));
    }

    /** A unit of work, begun when it is subscribed to; what is cancelled while it waits in line is not done. */
    private Mono<Void> work() {
        return Mono.fromFuture(workers::work);
    }
}
