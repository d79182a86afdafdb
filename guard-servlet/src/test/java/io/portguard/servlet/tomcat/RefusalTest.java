package io.portguard.servlet.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.servlet.RawClient;
import io.portguard.servlet.RawClient.Answer;
import io.portguard.servlet.RunningTomcat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {

    @ParameterizedTest
    @EnumSource(value = Reason.class, mode = EnumSource.Mode.EXCLUDE, names = "DRAINING")
    void aRefusedRequestIsToldWhyAndKeepsItsConnection(Reason reason) throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            for (int i = 0; i < 3; i++) {
                tomcat.rule.refuse(reason);
                Answer refused = client.get("/ok").read();
                assertThat(refused.status()).isEqualTo(reason.httpStatus());
                assertThat(refused.header("Connection")).isNull();
                assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
                assertThat(refused.body()).contains("\"reason\":\"" + reason.text() + "\"");
                assertThat(refused.header("Retry-After")).matches("[234]");
                tomcat.rule.pass();
                assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            }
            assertThat(tomcat.port.guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isEqualTo(1);
        }
    }

    @Test
    void aServiceThatDrainsLetsItsConnectionsGo() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.DRAINING);
            Answer refused = client.get("/ok").read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void theServicesOwn503ClosesAsTomcatHasIt() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/busy", (request, response) -> response.setStatus(503))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            assertThat(client.get("/busy").read().header("Connection")).isNull();
            tomcat.rule.pass();
            assertThat(client.get("/busy").read().header("Connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aRefusedHeadHasNoBody() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.CONCURRENCY);
            Answer refused = client.send("HEAD /ok HTTP/1.1", "Host: test", "").readHead();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(Integer.parseInt(refused.header("Content-Length"))).isPositive();
            tomcat.rule.pass();
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
        }
    }

    @Test
    void theBodyOfARefusedPostIsNotTakenForTheNextRequest() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            String body = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n".repeat(100);
            client.send("POST /ok HTTP/1.1", "Host: test", "Content-Length: " + body.length(), "");
            client.sendBytes(body);
            assertThat(client.read().status()).isEqualTo(503);
            client.send("POST /ok HTTP/1.1", "Host: test", "Transfer-Encoding: chunked", "");
            client.send("5", "hello", "0", "");
            assertThat(client.read().status()).isEqualTo(503);
            tomcat.rule.pass();
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
        }
    }

    @Test
    void aClientThatAskedBeforeSendingItsBodyIsToldToSendItNowhere() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            client.send("POST /ok HTTP/1.1", "Host: test", "Content-Length: 10", "Expect: 100-continue", "");
            Answer refused = client.read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aBodyTooLargeToSwallowClosesTheConnection() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            client.send("POST /ok HTTP/1.1", "Host: test", "Content-Length: 1000000000", "");
            Answer refused = client.sendBytes("x".repeat(3_000_000)).read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        List<String> served = new CopyOnWriteArrayList<>();
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/next", (request, response) -> served.add("next"))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            String get = "GET /next HTTP/1.1\r\nHost: test\r\n\r\n";
            client.sendBytes(get + get + "HEAD /next HTTP/1.1\r\nHost: test\r\n\r\n" + get);
            assertThat(client.read().status()).isEqualTo(503);
            assertThat(client.read().status()).isEqualTo(503);
            assertThat(client.readHead().status()).isEqualTo(503);
            assertThat(client.read().status()).isEqualTo(503);
            tomcat.rule.pass();
            client.sendBytes(get + get);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(served).hasSize(2);
        }
    }

    @Test
    void oldClientsGetWhatTheyAskedFor() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient keeping = new RawClient(tomcat.localPort);
                RawClient closing = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            Answer kept = keeping.send("GET /ok HTTP/1.0", "Connection: keep-alive", "")
                    .read();
            assertThat(kept.status()).isEqualTo(503);
            assertThat(kept.header("Connection")).isEqualTo("keep-alive");
            assertThat(keeping.send("GET /ok HTTP/1.0", "").read().header("Connection"))
                    .isEqualTo("close");
            assertThat(keeping.isClosedByServer()).isTrue();
            closing.send("GET /ok HTTP/1.1", "Host: test", "Connection: close", "");
            assertThat(closing.read().header("Connection")).isEqualTo("close");
            assertThat(closing.isClosedByServer()).isTrue();
        }
    }

    @Test
    void theAccessLogHasTheStatusThatWasSent() throws Exception {
        List<Integer> logged = new CopyOnWriteArrayList<>();
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .tomcat(server -> server.getHost()
                                .getPipeline()
                                .addValve(new AccessLog("%s", status -> logged.add(Integer.parseInt(status)))))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            client.get("/ok").read();
            client.get("/ok").read();
            assertThat(logged).first().isEqualTo(503);
        }
    }

    @Test
    void aRateIsTold() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .clock(() -> 0)
                        .setting("clients.rate", "5")
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/ok").read().status()).isEqualTo(200);
            }
            Answer refused = client.get("/ok").read();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("RateLimit-Policy")).isEqualTo("\"default\";q=5;w=1");
            assertThat(refused.header("RateLimit")).isEqualTo("\"default\";r=0;t=1");
            assertThat(client.get("/ok").read().status()).isEqualTo(429);
        }
    }

    @Test
    void aStreamOfHttp2IsRefusedWithoutLosingTheConnection() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                .connector(connector -> connector.addUpgradeProtocol(new Http2Protocol()))
                .setting("connections.idle-timeout", "1s")
                .start()) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tomcat.localPort + "/ok"))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .version())
                    .isEqualTo(HttpClient.Version.HTTP_2);
            tomcat.rule.refuse(Reason.OVERLOAD);
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> refused = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(refused.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.body()).contains("overload");
            }
            tomcat.rule.pass();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(tomcat.port.guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isEqualTo(1);
            assertThat(tomcat.active(Attempt.Kind.CONNECTION)).isEqualTo(1);
            tomcat.protocol().pause();
            tomcat.protocol().stop();
        }
    }

    @Test
    void theSameGoesForAFilterInAnUnguardedConnector() throws Exception {
        try (RunningTomcat tomcat =
                        RunningTomcat.with().withoutConnectionLevel().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.FAIR_SHARE);
            assertThat(client.get("/ok").read().status()).isEqualTo(429);
            tomcat.rule.refuse(Reason.OVERLOAD);
            Answer refused = client.get("/ok").read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}
