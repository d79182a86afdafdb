package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.portguard.Attempts;
import io.portguard.ManualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairShareTest {

    private final ManualClock clock = new ManualClock();
    private final FairShare fairShare = new FairShare(clock.nanoTime());
    private final ClientTable table = new ClientTable(10_000, clock);

    private ClientState client(int number, int inProgress) {
        ClientState client = (ClientState) table.client(Attempts.key(number));
        client.accrue(clock.nanoTime());
        ClientState.REQUESTS.set(client, inProgress);
        return client;
    }

    private List<ClientState> clients(int from, int count, int inProgress) {
        List<ClientState> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(client(from + i, inProgress));
        }
        return clients;
    }

    private int standing(ClientState client) {
        return fairShare.standing(client, clock.nanoTime());
    }

    /** Lets them go on for so long, each asking in every period. */
    private void goOn(int seconds, List<ClientState> clients) {
        for (int i = 0; i < seconds * 20; i++) {
            clients.forEach(this::standing);
            clients.forEach(client -> client.accrue(clock.nanoTime()));
            clock.advanceMillis(50);
            fairShare.tick(clock.nanoTime());
        }
    }

    @Test
    void aClientAloneIsNeverAboveItsShare() {
        ClientState alone = client(1, 1_000);
        goOn(20, List.of(alone));
        assertThat(standing(alone)).isZero();
    }

    @Test
    void ofOneHeavyAndManyLightClientsOnlyTheHeavyOneIsAbove() {
        ClientState heavy = client(0, 100);
        List<ClientState> light = clients(1, 50, 1);
        List<ClientState> all = new ArrayList<>(light);
        all.add(heavy);
        goOn(20, all);
        assertThat(standing(heavy)).isPositive();
        assertThat(light).allMatch(client -> standing(client) == 0);
    }

    @Test
    void equalClientsStandEqual() {
        for (int inProgress : new int[] {1, 2, 3, 5, 7, 100}) {
            List<ClientState> equal = clients(inProgress * 1_000, 30, inProgress);
            goOn(20, equal);
            assertThat(equal.stream().map(this::standing).distinct()).hasSize(1);
            equal.forEach(client -> ClientState.REQUESTS.set(client, 0));
        }
    }

    @Test
    void whoIsHeavierNeverStandsBetter() {
        List<ClientState> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            clients.add(client(i, i));
        }
        goOn(20, clients);
        List<Integer> standings = clients.stream().map(this::standing).toList();
        assertThat(standings).isSorted();
        assertThat(standings.get(0)).isZero();
        assertThat(standings.get(39)).isPositive();
    }

    @Test
    void theShareIsFoundAnewWhenTheHeavyClientHasGone() {
        ClientState heavy = client(0, 100);
        List<ClientState> light = clients(1, 10, 1);
        List<ClientState> all = new ArrayList<>(light);
        all.add(heavy);
        goOn(10, all);
        assertThat(standing(heavy)).isPositive();

        heavy.accrue(clock.nanoTime());
        ClientState.REQUESTS.set(heavy, 1);
        goOn(20, all);

        assertThat(standing(heavy)).isLessThanOrEqualTo(1);
        assertThat(light).allMatch(client -> standing(client) <= 1);
    }

    @Test
    void clientsThatDoNotAskAnyMoreTakeNoPartInTheShare() {
        List<ClientState> gone = clients(100, 50, 1);
        goOn(5, gone);
        ClientState alone = client(0, 5);
        goOn(2, List.of(alone));
        assertThat(standing(alone)).isZero();
    }

    @Test
    void switchedOffNobodyIsAboveItsShare() {
        ClientState heavy = client(0, 100);
        List<ClientState> all = new ArrayList<>(clients(1, 50, 1));
        all.add(heavy);
        goOn(20, all);
        fairShare.enabled(false);
        assertThat(standing(heavy)).isZero();
        fairShare.enabled(true);
        assertThat(standing(heavy)).isPositive();
    }

    @Test
    void beforeAnythingIsKnownNobodyIsAboveItsShare() {
        assertThat(standing(client(1, 50))).isZero();
        assertThat(standing(client(2, 0))).isZero();
    }

    @Test
    void aClientThatComesNewIsNotAboveItsShare() {
        List<ClientState> all = new ArrayList<>(clients(1, 20, 3));
        goOn(10, all);
        assertThat(standing(client(999, 0))).isZero();
    }

    @Test
    void manyShortRequestsCountLikeAFewLongOnes() {
        ClientState manyShort = client(1, 0);
        ClientState fewLong = client(2, 4);
        List<ClientState> light = clients(10, 20, 0);
        for (int i = 0; i < 400; i++) {
            // Forty requests of 5 ms in each 50 ms are four in progress on average, ten times as many as begin
            // elsewhere.
            manyShort.accrue(clock.nanoTime());
            ClientState.REQUESTS.set(manyShort, 40);
            standing(manyShort);
            standing(fewLong);
            light.forEach(this::standing);
            clock.advanceMillis(5);
            manyShort.accrue(clock.nanoTime());
            ClientState.REQUESTS.set(manyShort, 0);
            clock.advanceMillis(45);
            fairShare.tick(clock.nanoTime());
        }
        assertThat(manyShort.usage(clock.nanoTime())).isCloseTo(fewLong.usage(clock.nanoTime()), withPercentage(15));
        assertThat(standing(manyShort)).isEqualTo(standing(fewLong));
    }
}
