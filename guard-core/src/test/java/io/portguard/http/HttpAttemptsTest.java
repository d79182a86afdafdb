package io.portguard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.Priority;
import io.portguard.client.AddressRange;
import io.portguard.client.AddressRanges;
import io.portguard.client.ClientIdentity;
import io.portguard.client.IdentifyBy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HttpAttemptsTest {

    private static final IpAddress PEER = IpAddress.parse("203.0.113.9").orElseThrow();
    private static final IpAddress PROXY = IpAddress.parse("10.0.0.1").orElseThrow();
    private static final IpAddress BEHIND = IpAddress.parse("192.0.2.1").orElseThrow();

    private final AtomicInteger lookUps = new AtomicInteger();
    private final HttpAttempts attempts = new HttpAttempts(
            key -> {
                lookUps.incrementAndGet();
                return () -> key;
            },
            new ClientIdentity(
                    IdentifyBy.ADDRESS,
                    32,
                    64,
                    new AddressRanges(List.of(AddressRange.parse("10.0.0.0/8").orElseThrow()))),
            new RequestClassifier(
                    List.of(PriorityRule.parse("/pay=critical").orElseThrow()),
                    List.of(PathPattern.parse("/livez").orElseThrow()),
                    List.of()));

    @Test
    void aRequestOnAKeptConnectionLooksNothingUpAndAllocatesNothing() {
        HttpAttempts.OfConnection connection = attempts.ofConnection(PEER);
        Attempt first = connection.request(TestRequest.get("/a"));
        assertThat(connection.request(TestRequest.get("/b"))).isSameAs(first);
        assertThat(connection.request(TestRequest.get("/pay"))).isNotSameAs(first);
        assertThat(connection.request(TestRequest.get("/livez")).exempt()).isTrue();
        assertThat(connection.request(TestRequest.get("/a"))).isSameAs(first);
        assertThat(lookUps).hasValue(1);
        assertThat(first.client().key()).isEqualTo(ClientKey.of(PEER));
        assertThat(first.address()).isEqualTo(PEER);
        assertThat(connection.connection().kind()).isEqualTo(Attempt.Kind.CONNECTION);
    }

    @Test
    void eachRequestBehindATrustedProxyIsOfItsOwnClient() {
        HttpAttempts.OfConnection connection = attempts.ofConnection(PROXY);
        Attempt one = connection.request(TestRequest.get("/a").with("X-Forwarded-For", "192.0.2.1"));
        Attempt other = connection.request(TestRequest.get("/a").with("X-Forwarded-For", "192.0.2.2"));
        assertThat(one.client().key()).isEqualTo(ClientKey.of(BEHIND));
        assertThat(one.address()).isEqualTo(BEHIND);
        assertThat(other.client().key()).isNotEqualTo(one.client().key());
        assertThat(connection.request(TestRequest.get("/a")).address()).isEqualTo(PROXY);
    }

    @Test
    void onlyARequestOfATrustedPeersOwnRaisesItsPriority() {
        TestRequest urgent = TestRequest.get("/a").with("Priority", "u=0");
        TestRequest forwarded = urgent.with("X-Forwarded-For", "192.0.2.1");
        assertThat(attempts.ofConnection(PEER).request(urgent).priority()).isEqualTo(Priority.NORMAL);
        assertThat(attempts.ofConnection(PROXY).request(forwarded).priority()).isEqualTo(Priority.NORMAL);
        assertThat(attempts.ofConnection(PROXY).request(urgent).priority()).isEqualTo(Priority.CRITICAL);
        assertThat(attempts.ofRequest(PROXY, urgent).priority()).isEqualTo(Priority.CRITICAL);
        assertThat(attempts.ofRequest(null, urgent).priority()).isEqualTo(Priority.NORMAL);
    }

    @Test
    void anAdapterThatKeepsNothingGetsTheSame() {
        Attempt probe = attempts.ofRequest(PEER, TestRequest.get("/livez"));
        assertThat(probe.exempt()).isTrue();
        Attempt pay = attempts.ofRequest(PEER, TestRequest.get("/pay"));
        assertThat(pay.priority()).isEqualTo(Priority.CRITICAL);
        assertThat(pay.exempt()).isFalse();
        assertThat(attempts.ofRequest(null, TestRequest.get("/")).address()).isNull();
    }
}
