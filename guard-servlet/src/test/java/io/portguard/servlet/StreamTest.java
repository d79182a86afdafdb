package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.servlet.RunningServer.Container;
import io.portguard.servlet.RunningServer.Handler;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Long answers: they hold their permit to the end, or, where requests.streams says so, to their first byte. */
@Timeout(60)
class StreamTest {

    /** Ways to begin an answer. */
    private enum Beginning {
        BYTE {
            @Override
            void write(ServletResponse response) throws IOException {
                response.getOutputStream().write('a');
            }
        },
        BYTES {
            @Override
            void write(ServletResponse response) throws IOException {
                response.getOutputStream().print("a");
            }
        },
        TEXT {
            @Override
            void write(ServletResponse response) throws IOException {
                response.getWriter().print("a");
            }
        },
        LINE {
            @Override
            void write(ServletResponse response) throws IOException {
                response.getWriter().println();
            }
        },
        NOTHING_BUT_THE_HEADER {
            @Override
            void write(ServletResponse response) throws IOException {
                response.flushBuffer();
            }
        };

        abstract void write(ServletResponse response) throws IOException;
    }

    static Stream<Arguments> beginnings() {
        return Stream.of(Container.values())
                .flatMap(container -> Stream.of(Beginning.values())
                        .flatMap(beginning ->
                                Stream.of(false, true).map(async -> Arguments.of(container, beginning, async))));
    }

    @ParameterizedTest
    @MethodSource("beginnings")
    void aStreamGivesItsPermitBackWithItsFirstByte(Container container, Beginning beginning, boolean async)
            throws Exception {
        Steps steps = new Steps(beginning, async);
        try (RunningServer server = container.start(RunningServer.with()
                        .setting("requests.streams", "/stream/**")
                        .servlet("/stream/a", steps));
                RawClient client = new RawClient(server.localPort())) {
            client.get("/stream/a");
            Await.latch(steps.entered);
            assertThat(server.active(Attempt.Kind.REQUEST)).isEqualTo(1);
            steps.begin.countDown();
            Await.latch(steps.begun);
            assertThat(server.active(Attempt.Kind.REQUEST)).isZero();
            assertThat(server.ended.outcomes()).containsExactly(Outcome.SUCCESS);
            steps.end.countDown();
            assertThat(client.read().body()).endsWith("end");
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            Await.until("once each", () -> server.ended.outcomes().size() == 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyOtherAnswerHoldsItToTheEnd(Container container) throws Exception {
        Steps steps = new Steps(Beginning.BYTES, false);
        try (RunningServer server = container.start(RunningServer.with()
                        .setting("requests.streams", "/stream/**")
                        .servlet("/long", steps));
                RawClient client = new RawClient(server.localPort())) {
            client.get("/long");
            steps.begin.countDown();
            Await.latch(steps.begun);
            assertThat(server.active(Attempt.Kind.REQUEST)).isEqualTo(1);
            steps.end.countDown();
            assertThat(client.read().body()).endsWith("end");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatFailsOrNeverBeginsGivesItBackAsAnyRequestDoes(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with()
                        .setting("requests.streams", "/stream/**")
                        .servlet("/stream/thrown", (request, response) -> {
                            throw new IllegalStateException("on purpose");
                        }));
                RawClient client = new RawClient(server.localPort())) {
            assertThat(client.get("/stream/thrown").read().status()).isEqualTo(500);
            Await.until("ended", () -> server.ended.outcomes().equals(List.of(Outcome.FAILURE)));
        }
        try (RunningServer server = container.start(RunningServer.with()
                        .setting("requests.streams", "/stream/**")
                        .servlet("/stream/error", (request, response) -> response.sendError(500))
                        .servlet("/stream/empty", (request, response) -> response.setStatus(204)));
                RawClient client = new RawClient(server.localPort())) {
            assertThat(client.get("/stream/empty").read().status()).isEqualTo(204);
            assertThat(client.get("/stream/error").read().status()).isEqualTo(500);
            Await.until("ended", () -> server.ended.outcomes().equals(List.of(Outcome.SUCCESS, Outcome.FAILURE)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void streamsThatNobodyReadsKeepNobodyOut(Container container) throws Exception {
        byte[] large = new byte[8 << 20];
        List<RawClient> readers = new ArrayList<>();
        try (RunningServer server = container.start(RunningServer.with()
                .setting("requests.streams", "/stream/**")
                .setting("requests.concurrency.algorithm", "fixed")
                .setting("requests.concurrency.max", "2")
                .servlet(
                        "/stream/large",
                        (request, response) -> response.getOutputStream().write(large)))) {
            for (int i = 0; i < 10; i++) {
                RawClient reader = new RawClient(server.localPort(), "127.0.0.9");
                readers.add(reader);
                reader.get("/stream/large");
                assertThat(reader.isClosedByServer()).isFalse(); // its answer has begun
            }
            assertThat(server.active(Attempt.Kind.REQUEST)).isZero();
            try (RawClient other = new RawClient(server.localPort())) {
                for (int i = 0; i < 20; i++) {
                    assertThat(other.get("/ok").read().status()).isEqualTo(200);
                }
            }
            assertThat(server.active(Attempt.Kind.CONNECTION)).isGreaterThanOrEqualTo(10);
            readers.forEach(RawClient::close);
        }
    }

    /** An answer whose beginning and end the test chooses. */
    private static final class Steps implements Handler {

        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch begin = new CountDownLatch(1);
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);
        private final Beginning beginning;
        private final boolean async;

        Steps(Beginning beginning, boolean async) {
            this.beginning = beginning;
            this.async = async;
        }

        @Override
        public void handle(HttpServletRequest request, HttpServletResponse response) throws Exception {
            if (!async) {
                answer(response);
                return;
            }
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    answer(context.getResponse());
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                } finally {
                    context.complete();
                }
            });
        }

        private void answer(ServletResponse response) throws IOException {
            entered.countDown();
            Await.latch(begin);
            beginning.write(response);
            begun.countDown();
            Await.latch(end);
            try {
                response.getWriter().print("end");
            } catch (IllegalStateException bytesBefore) {
                response.getOutputStream().print("end");
            }
        }
    }
}
