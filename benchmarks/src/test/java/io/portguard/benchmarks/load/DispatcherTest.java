package io.portguard.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DispatcherTest {

    private static final long MILLI = 1_000_000L;
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private final List<Slot> settled = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private long now;

    // Ten requests in the first second, due at 50, 150, 250 ... ms.
    private final LoadPlan plan =
            Plans.of(List.of(Plans.oneConnection("polite")), Plans.phase("only", 1, Map.of("polite", 10.0)));
    private final List<Stream> streams = Stream.of(plan.groups(), plan.port());
    private final Recorder recorder = new Recorder(plan, streams, settled::add);
    private final Arrivals arrivals = new Arrivals(plan);
    private final Dispatcher dispatcher =
            new Dispatcher(plan, streams, arrivals, recorder, this::connect, () -> now, failures::add);

    @AfterEach
    void nothingWentWrong() {
        dispatcher.close();
        assertThat(failures).isEmpty();
        assertThat(channels).noneMatch(EmbeddedChannel::isOpen);
    }

    @Test
    void aRequestIsSentWhenItIsDueAndNotBefore() {
        at(49);
        assertThat(channels).isEmpty();

        at(50);

        assertThat(requests(channels.get(0)))
                .containsExactly(
                        "GET /job HTTP/1.1\r\nHost: 127.0.0.1:1\r\nUser-Agent: portguard-load\r\nAccept: */*\r\n\r\n");
    }

    @Test
    void aConnectionIsUsedAgainIfTheServerAllows() {
        at(50);
        answer(0, OK);
        at(150);
        answer(0, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        at(250);

        assertThat(channels).hasSize(2);
        assertThat(channels.get(0).isOpen()).isFalse();
        assertThat(requests(channels.get(0))).hasSize(2);
        assertThat(requests(channels.get(1))).hasSize(1);
    }

    @Test
    void aLateGeneratorSendsAllThatItMissedAndLatencyCountsFromWhenItWasDue() {
        at(350);
        assertThat(requests(channels.get(0))).hasSize(1);
        answer(0, OK);
        answer(0, OK);
        answer(0, OK);
        answer(0, OK);

        Tally tally = result().total();
        assertThat(tally.offered()).isEqualTo(4);
        assertThat(tally.admittedMillis(100)).isCloseTo(300, within(0.2));
        assertThat(tally.count(Outcome.LATE)).isEqualTo(1);
        assertThat(result().sendLateMaxMillis()).isCloseTo(300, within(0.2));
    }

    @Test
    void aRequestThatFindsNoConnectionWaitsForOneOfItsClient() {
        at(50);
        at(150);
        assertThat(channels).hasSize(1);

        now = 160 * MILLI;
        answer(0, OK);

        assertThat(requests(channels.get(0))).hasSize(2);
    }

    @Test
    void aClientThatGivesUpClosesItsConnectionAndComesBackOnANewOne() {
        at(50);
        at(1_049);
        assertThat(channels).hasSize(1);
        assertThat(channels.get(0).isOpen()).isTrue();

        at(1_050);

        assertThat(channels).hasSize(2);
        assertThat(channels.get(0).isOpen()).isFalse();
        assertThat(result().total().count(Outcome.TIMED_OUT)).isEqualTo(1);
    }

    @Test
    void aRequestThatWaitedTooLongIsNeverSent() {
        at(50);
        at(1_000);

        now = 2_000 * MILLI;
        dispatcher.expire();

        Tally tally = result().total();
        assertThat(tally.count(Outcome.TIMED_OUT)).isEqualTo(1);
        assertThat(tally.count(Outcome.UNSENT)).isEqualTo(9);
        assertThat(tally.finished()).isEqualTo(tally.offered()).isEqualTo(10);
    }

    @Test
    void aConnectionThatEndsBeforeTheAnswerLosesItsRequest() {
        at(50);
        channels.get(0).close().syncUninterruptibly();
        at(150);

        assertThat(result().total().count(Outcome.LOST)).isEqualTo(1);
        assertThat(channels).hasSize(2);
    }

    @Test
    void anIdleConnectionThatTheServerClosesLosesNothing() {
        at(50);
        answer(0, OK);
        channels.get(0).close().syncUninterruptibly();
        at(150);
        answer(1, OK);

        assertThat(result().total().count(Outcome.IN_TIME)).isEqualTo(2);
        assertThat(result().connectionsOpened()).isEqualTo(2);
    }

    @Test
    void theReasonOfARefusalIsReadWhereverItsBodyIsCut() {
        at(50);
        answer(
                0,
                "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n",
                "14\r\n{\"status\":503,\"reaso\r\n",
                "e\r\nn\":\"overload\"}\r\n",
                "0\r\n\r\n");
        at(150);
        answer(0, OK);

        assertThat(result().total().refusals()).containsOnly(Map.entry(new Refusal(503, "overload"), 1L));
        assertThat(result().total().count(Outcome.IN_TIME)).isEqualTo(1);
    }

    @Test
    void anAnswerThatIsNotHttpIsALostRequest() {
        at(50);
        answer(0, "220 mail.example.org ESMTP\r\n\r\n");

        assertThat(result().total().count(Outcome.LOST)).isEqualTo(1);
    }

    private void at(long millis) {
        now = millis * MILLI;
        dispatcher.sendDue();
        dispatcher.expire();
    }

    private PhaseResult result() {
        return recorder.phaseResult(0, Duration.ofSeconds(1), 0);
    }

    private Channel connect(Connection connection, InetAddress source) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpResponseDecoder(), connection);
        channels.add(channel);
        return channel;
    }

    private void answer(int channel, String... parts) {
        for (String part : parts) {
            channels.get(channel).writeInbound(Unpooled.copiedBuffer(part, StandardCharsets.US_ASCII));
        }
    }

    private static List<String> requests(EmbeddedChannel channel) {
        List<String> requests = new ArrayList<>();
        for (Object sent : channel.outboundMessages()) {
            requests.add(((ByteBuf) sent).toString(StandardCharsets.US_ASCII));
        }
        return requests;
    }
}
