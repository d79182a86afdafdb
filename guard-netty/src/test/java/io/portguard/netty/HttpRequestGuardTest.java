package io.portguard.netty;

import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.CharsetUtil;
import io.portguard.Outcome;
import io.portguard.Reason;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // what comes of a write is read from the channel
class HttpRequestGuardTest {

    private final EmbeddedServer server = new EmbeddedServer();

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    @Test
    void anAdmittedRequestHoldsItsPermitUntilItsResponseIsWritten() {
        assertThat(server.send(get("/job"))).isEmpty();
        assertThat(server.served).containsExactly("/job");
        assertThat(server.active()).isEqualTo(1);

        assertThat(server.respond(ok("done"))).startsWith("HTTP/1.1 200 OK").endsWith("done");
        assertThat(server.active()).isZero();
        assertThat(server.gate.outcomes()).containsExactly(Outcome.SUCCESS);
    }

    @Test
    void aRefusedRequestIsAnsweredWithAProblemAndTheConnectionGoesOn() {
        server.gate.refuse(Reason.CONCURRENCY);
        String answer = server.send(get("/job"));

        assertThat(answer)
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .contains("content-type: application/problem+json\r\n")
                .containsPattern("Retry-After: [12]\r\n")
                .doesNotContain("connection:")
                .endsWith("{\"status\":503,\"title\":\"Service Unavailable\",\"reason\":\"concurrency\"}");
        assertThat(server.served).isEmpty();

        server.gate.pass();
        server.send(get("/job"));
        assertThat(server.respond(ok("done"))).endsWith("done");
        assertThat(server.channel.isOpen()).isTrue();
    }

    @Test
    void theStatusOfARefusalFollowsFromItsReason() {
        server.gate.refuse(Reason.DENIED);
        assertThat(server.send(get("/"))).startsWith("HTTP/1.1 403 Forbidden").contains("\"reason\":\"denied\"");
        server.gate.refuse(Reason.FAIR_SHARE);
        assertThat(server.send(get("/")))
                .startsWith("HTTP/1.1 429 Too Many Requests")
                .contains("\"reason\":\"fair-share\"");
    }

    @Test
    void aRefusalWaitsUntilTheRequestsBeforeItAreAnswered() {
        server.send(get("/first"));
        server.gate.refuse(Reason.CLIENT_RATE);
        assertThat(server.send(get("/second"))).isEmpty();
        assertThat(server.send(get("/third"))).isEmpty();
        server.gate.pass();
        assertThat(server.send(get("/fourth"))).isEmpty();
        assertThat(server.served).containsExactly("/first", "/fourth");

        assertThat(statuses(server.respond(ok("1")))).containsExactly("200", "429", "429");
        assertThat(statuses(server.respond(ok("4")))).containsExactly("200");
    }

    @Test
    void aRefusalDoesNotFallIntoAResponseThatIsBeingWritten() {
        server.send(get("/stream"));
        server.respond(chunkedOk(), new DefaultHttpContent(text("part one, ")));
        server.gate.refuse(Reason.CLIENT_RATE);
        assertThat(server.send(get("/job"))).isEmpty();
        assertThat(server.active()).isEqualTo(1);

        assertThat(server.respond(new DefaultHttpContent(text("part two"))))
                .contains("part two")
                .doesNotContain("429");
        assertThat(server.respond(LastHttpContent.EMPTY_LAST_CONTENT)).startsWith("0\r\n\r\nHTTP/1.1 429");
        assertThat(server.active()).isZero();
    }

    @Test
    void aClientThatPilesUpRequestsWithoutReadingIsShownTheDoor() {
        server.send(get("/first"));
        server.gate.refuse(Reason.CLIENT_RATE);
        for (int i = 0; i < HttpRequestGuard.MAX_WAITING_REFUSALS + 10; i++) {
            server.send(get("/more"));
        }
        String answers = server.respond(ok("1"));

        assertThat(statuses(answers)).hasSize(HttpRequestGuard.MAX_WAITING_REFUSALS + 2);
        assertThat(answers).containsOnlyOnce("connection: close");
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void theBodyOfARefusedRequestIsDroppedSoThatTheNextRequestIsFound() {
        server.gate.refuse(Reason.CONCURRENCY);
        assertThat(statuses(server.send("POST /job HTTP/1.1", "Content-Length: 26", "", "GET /smuggled ")))
                .containsExactly("503");
        server.gate.pass();
        assertThat(server.send("HTTP/1.1\r\n\r\n" + get("/next"))).isEmpty();
        assertThat(server.served).containsExactly("/next");
        assertThat(server.bodies).isEmpty();
        server.respond(ok("next"));
    }

    @Test
    void theBodyOfAnAdmittedRequestGetsThrough() {
        server.send("POST /job HTTP/1.1", "Content-Length: 10", "", "hello ");
        server.gate.refuse(Reason.CONCURRENCY);
        server.send("body" + get("/next"));
        assertThat(server.bodies).hasToString("hello body");
        assertThat(statuses(server.respond(ok("done")))).containsExactly("200", "503");
    }

    @Test
    void aChunkedBodyThatIsLongerThanWorthReadingEndsTheConnection() {
        server.gate.refuse(Reason.CONCURRENCY);
        String answer = server.send("POST /job HTTP/1.1", "Transfer-Encoding: chunked", "", "");
        assertThat(answer).startsWith("HTTP/1.1 503");
        String chunk = "10000\r\n" + "x".repeat(1 << 16) + "\r\n";
        for (int i = 0; i <= HttpRequestGuard.MAX_SWALLOWED_BYTES >> 16 && server.channel.isOpen(); i++) {
            server.send(chunk);
        }
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatIsAnnouncedAsTooLongIsRefusedWithAWarningAndGivenTheChanceToEnd() {
        server.gate.refuse(Reason.CONCURRENCY);
        int length = HttpRequestGuard.MAX_SWALLOWED_BYTES + 1;
        assertThat(server.send("POST /job HTTP/1.1", "Content-Length: " + length, "", "x"))
                .startsWith("HTTP/1.1 503")
                .contains("connection: close");
        assertThat(server.channel.isOpen()).isTrue();
        server.send("x".repeat(length - 1));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void anExpectationIsRefusedAndTheConnectionEndsBecauseTheBodyMayOrMayNotCome() {
        server.gate.refuse(Reason.CONCURRENCY);
        assertThat(server.send("POST /job HTTP/1.1", "Content-Length: 14", "Expect: 100-continue", "", ""))
                .startsWith("HTTP/1.1 503")
                .contains("connection: close");
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void whatComesBeforeTheRealResponseDoesNotReleaseThePermit() {
        server.send("POST /job HTTP/1.1", "Content-Length: 2", "Expect: 100-continue", "", "");
        assertThat(server.respond(new DefaultFullHttpResponse(HTTP_1_1, HttpResponseStatus.CONTINUE)))
                .startsWith("HTTP/1.1 100");
        assertThat(server.respond(
                        new DefaultHttpResponse(HTTP_1_1, HttpResponseStatus.EARLY_HINTS),
                        LastHttpContent.EMPTY_LAST_CONTENT))
                .startsWith("HTTP/1.1 103");
        assertThat(server.active()).isEqualTo(1);
        server.send("hi");
        assertThat(server.respond(ok("done"))).startsWith("HTTP/1.1 200");
        assertThat(server.active()).isZero();
    }

    @Test
    void aRefusalOfAHeadRequestHasNoBody() {
        server.gate.refuse(Reason.CONCURRENCY);
        assertThat(server.send("HEAD /job HTTP/1.1", "", ""))
                .startsWith("HTTP/1.1 503")
                .contains("content-length: 67\r\n")
                .endsWith("\r\n\r\n");
        assertThat(server.send(get("/job"))).endsWith("}");
    }

    @Test
    void aRefusalKeepsTheConnectionAsTheClientWishes() {
        server.gate.refuse(Reason.CONCURRENCY);
        assertThat(server.send("GET /job HTTP/1.0", "Connection: keep-alive", "", ""))
                .startsWith("HTTP/1.1 503")
                .contains("connection: keep-alive");
        assertThat(server.send("GET /job HTTP/1.1", "Connection: close", "", ""))
                .contains("connection: close");
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aRefusalBecauseTheServiceDrainsEndsTheConnection() {
        server.guard.drain();
        assertThat(server.send(get("/job"))).contains("\"reason\":\"draining\"").contains("connection: close");
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aRequestThatCannotBeReadIsRefusedLikeAnyOtherAndEndsTheConnection() {
        server.gate.refuse(Reason.CONCURRENCY);
        assertThat(server.send("GET /job HTTP/1.1", "No header at all", "", ""))
                .startsWith("HTTP/1.1 503")
                .contains("connection: close");
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aResponseOf5xxIsAFailureOfTheService() {
        server.send(get("/fail"));
        server.respond(response(HttpResponseStatus.BAD_GATEWAY, "no"));
        server.send(get("/missing"));
        server.respond(response(HttpResponseStatus.NOT_FOUND, "no"));
        assertThat(server.gate.outcomes()).containsExactly(Outcome.FAILURE, Outcome.SUCCESS);
    }

    @Test
    void aClientThatGoesAwayReleasesAllThatItHasInProgress() {
        server.send(get("/1") + get("/2") + get("/3"));
        server.respond(ok("1"), chunkedOk());
        assertThat(server.active()).isEqualTo(2);
        server.channel.close();
        assertThat(server.gate.outcomes()).containsExactly(Outcome.SUCCESS, Outcome.IGNORED, Outcome.IGNORED);
    }

    @Test
    void aResponseThatCannotBeWrittenSaysNothingAboutTheService() {
        server.send(get("/1"));
        var written = server.channel.write(ok("1"));
        server.channel.close();
        assertThat(written.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(server.gate.outcomes()).containsExactly(Outcome.IGNORED);
    }

    @Test
    void aVoidPromiseReleasesThePermitAsWell() {
        server.send(get("/1"));
        server.channel.writeAndFlush(ok("1"), server.channel.voidPromise());
        assertThat(server.active()).isZero();
        server.received();
    }

    @Test
    void anUpgradeReleasesThePermitAndTheGuardStepsAside() {
        server.send("GET /chat HTTP/1.1", "Connection: upgrade", "Upgrade: websocket", "", "");
        server.respond(new DefaultFullHttpResponse(HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS));
        assertThat(server.gate.outcomes()).containsExactly(Outcome.IGNORED);

        server.channel.pipeline().remove(HttpServerCodec.class);
        assertThat(server.respond(text("a frame"))).isEqualTo("a frame");
        server.pass(Duration.ofDays(1));
        assertThat(server.channel.isOpen()).isTrue();
    }

    @Test
    void aRuleThatBreaksLetsTheRequestThrough() {
        server.gate.breakDown();
        server.send(get("/job"));
        assertThat(server.served).containsExactly("/job");
        assertThat(server.respond(ok("done"))).endsWith("done");
        assertThat(server.guard.guard().faults()).isEqualTo(1);
    }

    @Test
    void removingTheGuardFromThePipelineReleasesWhatItHolds() {
        server.send(get("/job"));
        server.channel.pipeline().remove(HttpRequestGuard.class);
        assertThat(server.active()).isZero();
        assertThat(server.respond(ok("done"))).endsWith("done");
    }

    @Test
    void aConnectionThatReadsByHandIsReadOnAfterARefusal() {
        server.channel.config().setAutoRead(false);
        server.gate.refuse(Reason.CONCURRENCY);
        var reads = new AtomicInteger();
        server.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext context) {
                reads.incrementAndGet();
            }
        });
        server.send(get("/job"));
        assertThat(reads).hasValue(1);
        server.gate.pass();
        server.send(get("/job"));
        assertThat(reads).as("the application reads on when it wants to").hasValue(1);
        server.respond(ok("done"));
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    static DefaultFullHttpResponse ok(String body) {
        return response(HttpResponseStatus.OK, body);
    }

    private static DefaultFullHttpResponse response(HttpResponseStatus status, String body) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HTTP_1_1, status, text(body));
        HttpUtil.setContentLength(response, body.length());
        return response;
    }

    private static DefaultHttpResponse chunkedOk() {
        DefaultHttpResponse response = new DefaultHttpResponse(HTTP_1_1, HttpResponseStatus.OK);
        HttpUtil.setTransferEncodingChunked(response, true);
        return response;
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, CharsetUtil.US_ASCII);
    }

    /** The statuses of all responses, in their order. */
    private static List<String> statuses(String responses) {
        return Pattern.compile("HTTP/1\\.1 (\\d{3})")
                .matcher(responses)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
