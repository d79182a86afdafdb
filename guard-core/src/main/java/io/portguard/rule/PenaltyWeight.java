package io.portguard.rule;

import io.portguard.Failure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many points a failure costs the client that causes it.
 *
 * @param failure null when it is for a status
 * @param status of an answer, 400 to 499; 0 when it is for a failure
 * @param points 0 to {@value #MAX_POINTS}
 */
public record PenaltyWeight(@Nullable Failure failure, int status, int points) {

    public static final int MAX_POINTS = 1_000;

    static final int FIRST_STATUS = 400;
    static final int LAST_STATUS = 499;

    public static PenaltyWeight of(Failure failure, int points) {
        return new PenaltyWeight(failure, 0, points);
    }

    public static PenaltyWeight of(int status, int points) {
        return new PenaltyWeight(null, status, points);
    }

    /** Reads {@code FAILURE=POINTS} or {@code STATUS=POINTS}; empty when the text is not of that form. */
    public static Optional<PenaltyWeight> parse(String text) {
        int equals = text.indexOf('=');
        int points = equals < 0 ? -1 : number(text.substring(equals + 1).trim(), MAX_POINTS);
        if (points < 0) {
            return Optional.empty();
        }
        String what = text.substring(0, equals).trim();
        for (Failure failure : Failure.values()) {
            if (failure.text().equalsIgnoreCase(what)) {
                return Optional.of(of(failure, points));
            }
        }
        int status = number(what, LAST_STATUS);
        return status >= FIRST_STATUS ? Optional.of(of(status, points)) : Optional.empty();
    }

    private static int number(String text, int max) {
        if (text.isEmpty() || text.length() > 4 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int number = Integer.parseInt(text);
        return number <= max ? number : -1;
    }

    @Override
    public String toString() {
        return (failure == null ? Integer.toString(status) : failure.text()) + "=" + points;
    }
}
