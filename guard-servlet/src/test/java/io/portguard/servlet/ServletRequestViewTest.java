package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.catalina.valves.RemoteIpValve;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServletRequestViewTest {

    @Test
    void theGuardSeesTheRequestAsItWasSent() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/view/*", (request, response) -> {
                            ServletRequestView view = new ServletRequestView(request);
                            response.getWriter()
                                    .print(String.join(
                                            "|",
                                            view.method(),
                                            view.rawPath(),
                                            String.valueOf(view.header("x-none")),
                                            view.header("x-one"),
                                            view.header("x-many"),
                                            String.valueOf(view.principal())));
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.send(
                    "GET /view/%41;v=1/./b?q=/livez HTTP/1.1",
                    "Host: test", "X-One: 1", "X-Many: a", "X-Many: b, c", "X-Many: d", "");
            assertThat(client.read().body()).isEqualTo("GET|/view/%41;v=1/./b|null|1|a, b, c, d|null");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.0/8"})
    void aClientIsToldByItsPeerUnlessThatIsATrustedProxy(String trustedProxies) throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .clock(() -> 0)
                        .setting("clients.rate", "1")
                        .setting("clients.trusted-proxies", trustedProxies)
                        // Believes everybody on the loopback network and takes the header away.
                        .tomcat(server -> server.getHost().getPipeline().addValve(new RemoteIpValve()))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            int refused = 0;
            for (int i = 1; i <= 5; i++) {
                client.send("GET /ok HTTP/1.1", "Host: test", "X-Forwarded-For: 192.0.2." + i, "");
                refused += client.read().status() == 429 ? 1 : 0;
            }
            assertThat(refused).isEqualTo(trustedProxies.isEmpty() ? 4 : 0);
        }
    }
}
