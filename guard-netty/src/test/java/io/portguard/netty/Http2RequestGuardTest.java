package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http2RequestGuardTest {

    private final LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_2);
    private final Http2Client client = new Http2Client(server.port());

    @AfterEach
    void nothingIsLeft() {
        client.close();
        server.close();
    }

    @Test
    void anAdmittedRequestIsServedAndReleased() {
        assertThat(client.answer(client.get("/hello")).body()).isEqualTo("hello");
        Eventually.until("it is released", () -> server.requestGate.outcomes().size() == 1);
        assertThat(server.requestGate.outcomes()).containsExactly(Outcome.SUCCESS);
    }

    @Test
    void aRequestThatFailsIsAFailure() {
        assertThat(client.answer(client.get("/fail")).status()).isEqualTo(500);
        Eventually.until("it is released", () -> server.requestGate.outcomes().size() == 1);
        assertThat(server.requestGate.outcomes()).containsExactly(Outcome.FAILURE);
    }

    @Test
    void aRefusedRequestIsAnsweredWithAProblemAndTheNextOneIsServed() {
        server.requestGate.refuse(Reason.CONCURRENCY);
        Http2Client.Answer refused = client.answer(client.get("/hello"));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers().get("content-type")).hasToString("application/problem+json");
        assertThat(refused.headers().get("retry-after").toString()).matches("[12]");
        assertThat(refused.body())
                .isEqualTo("{\"status\":503,\"title\":\"Service Unavailable\",\"reason\":\"concurrency\"}");
        assertThat(server.streams.get()).as("channels of streams").isZero();

        server.requestGate.pass();
        assertThat(client.answer(client.get("/hello")).body()).isEqualTo("hello");
        assertThat(server.streams.get()).as("channels of streams").isEqualTo(1);
    }

    @Test
    void aRefusalOfAHeadRequestHasNoBody() {
        server.requestGate.refuse(Reason.FAIR_SHARE);
        Http2Client.Answer refused = client.answer(client.request(Http2Client.END_STREAM, "HEAD", "/hello"));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body()).isEmpty();
    }

    @Test
    void theBodyOfARefusedRequestIsDroppedAndTheConnectionGoesOn() {
        server.requestGate.refuse(Reason.CONCURRENCY);
        int stream = client.request(0, "POST", "/hello");
        assertThat(client.answer(stream).status()).isEqualTo(503);
        for (int i = 0; i < 4; i++) {
            assertThat(sendHalfAWindow(stream).type()).isEqualTo(Http2Client.WINDOW_UPDATE);
        }
        client.frame(Http2Client.DATA, Http2Client.END_STREAM, stream, new byte[1]);
        server.requestGate.pass();
        assertThat(client.answer(client.get("/hello")).body()).isEqualTo("hello");
    }

    @Test
    void whoSendsMoreBodyThanIsWorthReadingIsAskedToStop() {
        server.requestGate.refuse(Reason.CONCURRENCY);
        int stream = client.request(0, "POST", "/hello");
        assertThat(client.answer(stream).status()).isEqualTo(503);
        Http2Client.Frame frame = sendHalfAWindow(stream);
        for (int i = 0; i < 100 && frame.type() == Http2Client.WINDOW_UPDATE; i++) {
            frame = sendHalfAWindow(stream);
        }
        assertThat(frame.type()).isEqualTo(Http2Client.RST_STREAM);
        assertThat(frame.errorCode()).isEqualTo(Http2Client.NO_ERROR);
    }

    /** Sends a part of a body and returns what is said to that on its stream. */
    private Http2Client.Frame sendHalfAWindow(int stream) {
        for (int i = 0; i < 2; i++) {
            client.frame(Http2Client.DATA, 0, stream, new byte[16_384]);
        }
        Http2Client.Frame frame = client.flush().read();
        while (frame.stream() != stream) {
            frame = client.read();
        }
        return frame;
    }

    @Test
    void aClientThatLeavesNoRoomForAnAnswerIsRefusedByReset() {
        server.requestGate.refuse(Reason.CONCURRENCY);
        int initialWindowSize = 4;
        try (Http2Client narrow = new Http2Client(server.port(), Http2Client.setting(initialWindowSize, 10))) {
            assertThat(narrow.answer(narrow.get("/hello")).resetWith()).isEqualTo(Http2Client.REFUSED_STREAM);
        }
    }

    @Test
    void aRefusedCallIsToldInTheWayOfGrpc() {
        server.requestGate.refuse(Reason.CLIENT_RATE);
        assertThat(call().headers().get("grpc-status")).hasToString("8");
        server.requestGate.refuse(Reason.DENIED);
        assertThat(call().headers().get("grpc-status")).hasToString("7");
        server.requestGate.refuse(Reason.OVERLOAD);
        Http2Client.Answer unavailable = call();
        assertThat(unavailable.status()).isEqualTo(200);
        assertThat(unavailable.trailers())
                .as("trailers only, in the first headers")
                .isNull();
        assertThat(unavailable.headers().get("grpc-status")).hasToString("14");
        assertThat(unavailable.headers().get("grpc-message")).hasToString("overload");
        assertThat(unavailable.headers().get("grpc-retry-pushback-ms").toString())
                .matches("[12]000");
    }

    private Http2Client.Answer call() {
        return client.answer(client.request(
                0, "POST", "/echo.Echo/Say", "content-type", "application/grpc+proto", "te", "trailers"));
    }

    @Test
    void aStreamThatIsResetGivesItsPermitBack() {
        int stream = client.get("/hold");
        client.flush();
        Eventually.until("it is held", () -> server.activeRequests() == 1);
        client.reset(stream).flush();
        Eventually.until("it is released", () -> server.activeRequests() == 0);
        assertThat(server.requestGate.outcomes()).containsExactly(Outcome.IGNORED);
        assertThat(client.answer(client.get("/hello")).body()).isEqualTo("hello");
    }

    @Test
    void aConnectionThatIsLostGivesAllPermitsBack() {
        for (int i = 0; i < 20; i++) {
            client.get("/hold");
        }
        client.flush();
        Eventually.until("they are held", () -> server.activeRequests() == 20);
        client.close();
        Eventually.until("they are released", () -> server.activeRequests() == 0);
        assertThat(server.requestGate.outcomes()).hasSize(20).containsOnly(Outcome.IGNORED);
    }

    @Test
    void drainingSendsGoAwayAndLetsEndWhatIsInProgress() throws Exception {
        int held = client.get("/hold");
        client.flush();
        Eventually.until("it is held", () -> server.activeRequests() == 1);
        server.guard.drain();
        int late = client.get("/hello");
        assertThat(client.answer(late).resetWith()).isEqualTo(Http2Client.REFUSED_STREAM);
        Http2Client.Frame goAway = client.readUntil(Http2Client.GOAWAY);
        assertThat(goAway.errorCode()).isEqualTo(Http2Client.NO_ERROR);
        server.release();
        assertThat(client.answer(held).body()).isEqualTo("released");
        assertThat(client.read()).as("the connection ends").isNull();
    }

    @Test
    void aHealthProbeIsNeverRefused() {
        server.requestGate.refuse(Reason.OVERLOAD);
        assertThat(client.answer(client.get("/readyz?verbose")).body()).isEqualTo("hello");
        assertThat(client.answer(client.get("/hello")).status()).isEqualTo(503);
    }

    @Test
    void aBrokenRuleLetsEverythingThrough() {
        server.requestGate.breakDown();
        assertThat(client.answer(client.get("/hello")).body()).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(ints = {Http2Client.PING, Http2Client.SETTINGS, Http2Client.PRIORITY})
    void aClientThatFloodsWithFramesThatAskForNothingIsShownTheDoor(int type) {
        int length = switch (type) {
            case Http2Client.PING -> 8;
            case Http2Client.PRIORITY -> 5;
            default -> 0;
        };
        int stream = type == Http2Client.PRIORITY ? 3 : 0;
        for (int i = 0; i < 1_100; i++) {
            client.frame(type, 0, stream, new byte[length]);
        }
        client.flush();
        assertThat(client.readUntil(Http2Client.GOAWAY).errorCode()).isEqualTo(Http2Client.ENHANCE_YOUR_CALM);
    }

    @Test
    void aFewPingsAreNoFlood() {
        for (int i = 0; i < 500; i++) {
            client.frame(Http2Client.PING, 0, 0, new byte[8]);
        }
        assertThat(client.answer(client.get("/hello")).body()).isEqualTo("hello");
    }

    @Test
    void aSilentConnectionIsClosed() {
        server.guard.settings().tune("connections.request-timeout", "1ms", 0);
        assertThat(client.readUntil(Http2Client.GOAWAY)).isNotNull();
        Eventually.until("it is gone", () -> server.activeConnections() == 0);
    }

    @Test
    void requestsAreCountedOnce() {
        for (int i = 0; i < 10; i++) {
            client.answer(client.get("/hello"));
        }
        assertThat(server.guard.guard().counts(Attempt.Kind.REQUEST).admitted()).isEqualTo(10);
    }
}
