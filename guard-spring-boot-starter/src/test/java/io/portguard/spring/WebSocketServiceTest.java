package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContext;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** WebSockets as Spring Boot sets them up on a servlet container. */
@Timeout(60)
class WebSocketServiceTest {

    static List<String> servers() {
        return List.of(GuardedService.ON_TOMCAT, GuardedService.ON_JETTY);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aHandshakeIsARequestAndWhatFollowsIsNot(String server) throws Exception {
        try (GuardedService service = GuardedService.start(List.of(Endpoints.class), server)) {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            WebSocket socket = open(service, heard);
            assertThat(service.guard().status().admittedRequests()).isEqualTo(1);
            GuardedService.await("no request", () -> service.guard().status().activeRequests() == 0);
            socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("echo hello");
            assertThat(service.guard().status().activeConnections()).isEqualTo(1);
            socket.abort();
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aHandshakeIsRefusedLikeAnyRequest(String server) {
        try (GuardedService service = GuardedService.start(
                List.of(Endpoints.class), server, "guard.clients.rate=0.001", "guard.clients.burst=1")) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> open(service, new LinkedBlockingQueue<>()))
                    .hasCauseInstanceOf(WebSocketHandshakeException.class)
                    .satisfies(refused -> assertThat(((WebSocketHandshakeException) refused.getCause())
                                    .getResponse()
                                    .statusCode())
                            .isEqualTo(429));
        }
    }

    private static WebSocket open(GuardedService service, BlockingQueue<String> heard) throws Exception {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + service.port() + "/echo"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        heard.add(data.toString());
                        return WebSocket.Listener.super.onText(socket, data, last);
                    }
                })
                .get(20, TimeUnit.SECONDS);
    }

    @Configuration(proxyBeanMethods = false)
    static class Endpoints {

        /** As Spring's ServerEndpointExporter does it. */
        @Bean
        SmartInitializingSingleton echo(ServletContext context) {
            return () -> {
                try {
                    ((ServerContainer) context.getAttribute(ServerContainer.class.getName())).addEndpoint(Echo.class);
                } catch (DeploymentException wrong) {
                    throw new IllegalStateException(wrong);
                }
            };
        }
    }

    /** Answers what it is told. */
    @ServerEndpoint("/echo")
    public static final class Echo {

        @OnMessage
        public String said(String message) {
            return "echo " + message;
        }
    }
}
