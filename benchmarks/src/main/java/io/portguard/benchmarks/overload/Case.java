package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.overload.Contender.Played;

/** How much load there is, and of whom. */
enum Case {
    /** Nothing may be refused, and what it takes in connections is what the others are compared with. */
    HALF("0.5x", 0.5, Played.WHOLLY),
    MARGINAL("1.03x", 1.03, Played.WHOLLY),
    DOUBLE("2x", 2, Played.WHOLLY),
    FIVE("5x", 5, Played.WHOLLY),
    TEN("10x", 10, Played.ONCE),
    FLOOD("flood", 5, Played.BRIEFLY) {
        @Override
        Scenario scenario(double capacity, Scenario.Lengths lengths) {
            return Scenario.flood(capacity, lengths);
        }
    };

    private final String label;
    private final double factor;
    private final Played played;

    Case(String label, double factor, Played played) {
        this.label = label;
        this.factor = factor;
        this.played = played;
    }

    String label() {
        return label;
    }

    Scenario scenario(double capacity, Scenario.Lengths lengths) {
        return Scenario.overload(factor, capacity, lengths);
    }

    /** Whether it is played on a contender when not everything is asked for. */
    boolean isPlayedOn(Contender contender) {
        return contender.played().compareTo(played) <= 0;
    }
}
