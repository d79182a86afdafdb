package io.portguard.servlet.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.servlet.Await;
import io.portguard.servlet.RawClient;
import io.portguard.servlet.RunningTomcat;
import org.junit.jupiter.api.Test;

class UnfilteredRequestTest {

    @Test
    void aRequestThatNeverComesToTheFilterGivesItsPlaceBack() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
            assertThat(client.send("OPTIONS * HTTP/1.1", "Host: test", "")
                            .read()
                            .status())
                    .isEqualTo(200);
            assertThat(client.get("/%zz").read().status()).isEqualTo(400);
            Await.until("nothing is in flight", () -> tomcat.active(Attempt.Kind.REQUEST) == 0);
            assertThat(tomcat.ended.outcomes()).contains(Outcome.IGNORED);
        }
    }
}
