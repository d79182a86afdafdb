package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // what comes of a write is read from the channel
class MessageGuardTest {

    private final Gate gate = new Gate();
    private final FakeClock clock = new FakeClock();
    private final StandardGuard guard = StandardGuard.builder("lines")
            .configure(Map.of("connections.request-timeout", "10s", "connections.idle-timeout", "60s"))
            .clock(clock)
            .requestRules(gate)
            .tickInterval(Duration.ZERO)
            .build();
    private final GuardedPort port = GuardedPort.of(guard);
    private final List<String> seen = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(
            port.messageHandler(
                    message -> message.toString().startsWith("!") ? Priority.CRITICAL : Priority.NORMAL,
                    rejection -> "BUSY " + rejection.reason()),
            new SimpleChannelInboundHandler<String>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, String message) {
                    seen.add(message);
                }
            });

    @AfterEach
    void nothingIsLeft() {
        channel.finishAndReleaseAll();
        assertThat(active()).isZero();
        guard.close();
    }

    @Test
    void aMessageIsInProgressUntilItsAnswerIsWritten() {
        channel.writeInbound("one", "!two");
        assertThat(active()).isEqualTo(2);
        channel.writeOutbound("1");
        assertThat(active()).isEqualTo(1);
        channel.writeOutbound("2");
        assertThat(active()).isZero();
        assertThat(gate.outcomes()).containsExactly(Outcome.SUCCESS, Outcome.SUCCESS);
    }

    @Test
    void aRefusedMessageIsAnsweredInItsTurnAndSeenByNobody() {
        channel.writeInbound("one");
        gate.refuse(Reason.CONCURRENCY);
        channel.writeInbound("two");
        assertThat(channel.<Object>readOutbound()).isNull();
        channel.writeOutbound("1");
        assertThat(List.of(channel.<Object>readOutbound(), channel.<Object>readOutbound()))
                .containsExactly("1", "BUSY concurrency");
        channel.writeInbound("three");
        assertThat(channel.<Object>readOutbound()).isEqualTo("BUSY concurrency");
        assertThat(seen).containsExactly("one");
    }

    @Test
    void whatTheServerSaysByItselfEndsNothing() {
        channel.writeOutbound("welcome");
        channel.writeInbound("one");
        assertThat(active()).isEqualTo(1);
    }

    @Test
    void aClientThatPilesUpMessagesWithoutReadingIsShownTheDoor() {
        channel.writeInbound("one");
        gate.refuse(Reason.CONCURRENCY);
        for (int i = 0; i <= MessageGuard.MAX_WAITING_REFUSALS && channel.isOpen(); i++) {
            channel.writeInbound("more");
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() {
        pass(Duration.ofSeconds(9));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofSeconds(3));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void workTakesTheTimeItNeeds() {
        channel.writeInbound("one");
        pass(Duration.ofHours(1));
        assertThat(channel.isOpen()).isTrue();
        channel.writeOutbound("1");
        pass(Duration.ofSeconds(62));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void unitsOfWorkEndWithTheirPermitOrTheConnection() {
        List<Permit> permits = IntStream.range(0, 20)
                .mapToObj(i -> (Permit) port.tryAdmit(channel, Priority.NORMAL))
                .toList();
        assertThat(active()).isEqualTo(20);
        permits.subList(0, 15).forEach(permit -> permit.release(Outcome.SUCCESS));
        assertThat(active()).isEqualTo(5);
        gate.refuse(Reason.OVERLOAD);
        assertThat(port.tryAdmit(channel, Priority.NORMAL)).isEqualTo(Rejection.of(Reason.OVERLOAD));
        channel.close();
        assertThat(active()).isZero();
    }

    private void pass(Duration time) {
        clock.advance(time);
        guard.guard().tick();
        channel.runPendingTasks();
    }

    private long active() {
        return guard.guard().counts(Attempt.Kind.REQUEST).active();
    }
}
