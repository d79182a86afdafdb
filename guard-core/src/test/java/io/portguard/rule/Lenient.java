package io.portguard.rule;

import io.portguard.NanoClock;

/** Penalties that punish nobody, for rules that need some. */
final class Lenient {

    private Lenient() {}

    static Penalties penalties(ClientTable table, NanoClock clock) {
        Spared spared = new Spared();
        return new Penalties(table, new BanRule(clock, spared), spared, clock);
    }
}
