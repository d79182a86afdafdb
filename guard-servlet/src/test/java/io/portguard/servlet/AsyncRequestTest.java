package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncRequestTest {

    private final CompletableFuture<AsyncContext> started = new CompletableFuture<>();

    @Test
    void aRequestIsHeldUntilItCompletesOnAnotherThread() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/async", (request, response) -> started.complete(request.startAsync()))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.get("/async");
            AsyncContext context = started.get(20, TimeUnit.SECONDS);
            assertThat(tomcat.active(Attempt.Kind.REQUEST)).isEqualTo(1);
            context.getResponse().getWriter().print("later");
            assertThat(tomcat.active(Attempt.Kind.REQUEST)).isEqualTo(1);
            context.complete();
            assertThat(client.read().body()).isEqualTo("later");
            tomcatHasEnded(tomcat, Outcome.SUCCESS);
        }
    }

    @Test
    void aRequestThatCompletesBeforeTheServletReturnsIsReleasedOnce() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/async", (request, response) -> {
                            AsyncContext context = request.startAsync();
                            response.setStatus(500);
                            context.complete();
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/async").read().status()).isEqualTo(500);
            tomcatHasEnded(tomcat, Outcome.FAILURE);
        }
    }

    @Test
    void aDispatchOnTheServletsOwnThreadIsPartOfTheRequest() throws Exception {
        CountDownLatch dispatched = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/async", (request, response) -> {
                            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                                dispatched.countDown();
                                Await.latch(leave);
                                response.getWriter().print("dispatched");
                            } else {
                                request.startAsync().dispatch();
                            }
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.get("/async");
            Await.latch(dispatched);
            assertThat(tomcat.active(Attempt.Kind.REQUEST)).isEqualTo(1);
            leave.countDown();
            assertThat(client.read().body()).isEqualTo("dispatched");
            tomcatHasEnded(tomcat, Outcome.SUCCESS);
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isEqualTo(1);
        }
    }

    @Test
    void aRequestMayBecomeAsynchronousAgainAndAgain() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/async", (request, response) -> {
                            if (rounds.incrementAndGet() <= 3) {
                                AsyncContext context = rounds.get() % 2 == 0
                                        ? request.startAsync(request, response)
                                        : request.startAsync();
                                context.start(context::dispatch);
                            } else {
                                response.getWriter().print("round " + rounds);
                            }
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/async").read().body()).isEqualTo("round 4");
            tomcatHasEnded(tomcat, Outcome.SUCCESS);
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isEqualTo(1);
        }
    }

    @Test
    void aRequestThatTimesOutIsADrop() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/async", (request, response) -> {
                            AsyncContext context = request.startAsync();
                            context.setTimeout(1);
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/async").read().status()).isEqualTo(500);
            tomcatHasEnded(tomcat, Outcome.DROPPED);
        }
    }

    @Test
    void aRequestThatFailsWhileAsynchronousIsReleasedOnce() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                .servlet("/throws", (request, response) -> {
                    request.startAsync();
                    throw new IllegalStateException("on purpose");
                })
                .servlet("/error", (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        throw new AssertionError("on purpose");
                    }
                    request.startAsync().dispatch();
                })
                .start()) {
            for (String path : new String[] {"/throws", "/error"}) {
                try (RawClient client = new RawClient(tomcat.localPort)) {
                    assertThat(client.get(path).read().status()).isEqualTo(500);
                }
            }
            tomcatHasEnded(tomcat, Outcome.FAILURE, Outcome.FAILURE);
        }
    }

    @Test
    void aClientThatGoesEndsAnAsynchronousStream() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/async", (request, response) -> {
                            AsyncContext context = request.startAsync();
                            response.getOutputStream().setWriteListener(new Endless(context));
                            started.complete(context);
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.get("/async");
            started.get(20, TimeUnit.SECONDS);
            client.reset();
            tomcatHasEnded(tomcat, Outcome.IGNORED);
        }
    }

    @Test
    void startingPastTheFiltersWrapperIsNoticed() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/async", (request, response) -> {
                            ServletRequest inner = request;
                            while (inner instanceof ServletRequestWrapper wrapper) {
                                inner = wrapper.getRequest();
                            }
                            started.complete(((HttpServletRequest) inner).startAsync());
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.get("/async");
            AsyncContext context = started.get(20, TimeUnit.SECONDS);
            CountDownLatch onContainerThread = new CountDownLatch(1);
            context.start(onContainerThread::countDown);
            Await.latch(onContainerThread);
            assertThat(tomcat.active(Attempt.Kind.REQUEST)).isEqualTo(1);
            context.complete();
            client.read();
            tomcatHasEnded(tomcat, Outcome.SUCCESS);
        }
    }

    @Test
    void aListenerOfTheApplicationMayEndATimeoutItsOwnWay() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/async", (request, response) -> {
                            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                                response.getWriter().print("too slow");
                                return;
                            }
                            AsyncContext context = request.startAsync();
                            context.setTimeout(1);
                            context.addListener(new DispatchingOnTimeout());
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/async").read().body()).isEqualTo("too slow");
            tomcatHasEnded(tomcat, Outcome.DROPPED);
        }
    }

    private static void tomcatHasEnded(RunningTomcat tomcat, Outcome... outcomes) {
        Await.until("ended", () -> tomcat.ended.outcomes().size() == outcomes.length);
        assertThat(tomcat.ended.outcomes()).containsExactly(outcomes);
        assertThat(tomcat.active(Attempt.Kind.REQUEST)).isZero();
    }

    private static final class Endless implements WriteListener {

        private final AsyncContext context;

        Endless(AsyncContext context) {
            this.context = context;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (context.getResponse().getOutputStream().isReady()) {
                context.getResponse().getOutputStream().write(new byte[8192]);
            }
        }

        @Override
        public void onError(Throwable cause) {
            context.complete();
        }
    }

    private static final class DispatchingOnTimeout implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            event.getAsyncContext().dispatch();
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
