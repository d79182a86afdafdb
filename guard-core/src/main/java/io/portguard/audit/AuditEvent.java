package io.portguard.audit;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.settings.SettingChange;
import org.jspecify.annotations.Nullable;

/** Something to be recorded: made where it happens, written elsewhere. Immutable. */
sealed interface AuditEvent {

    /** When it happened, in milliseconds since 1970. */
    long epochMillis();

    /** Adds what is special about it. */
    void write(JsonLine line);

    /**
     * An attempt was refused.
     *
     * @param between whom it was made
     * @param enforced false when shadow mode let it through
     * @param notRecorded refusals of the same client for the same reason since the last one recorded
     */
    record Refused(
            long epochMillis, Attempt attempt, FiveTuple between, Reason reason, boolean enforced, long notRecorded)
            implements AuditEvent {

        @Override
        public void write(JsonLine line) {
            line.text("event.kind", "event")
                    .text("event.category", "network")
                    .text("event.type", enforced ? "denied" : "info")
                    .text("event.action", enforced ? "refused" : "would-refuse")
                    .text("event.reason", reason.text());
            between.write(line);
            line.text("portguard.client", attempt.client().key().toString())
                    .text("portguard.attempt", attempt.kind().name())
                    .text("portguard.priority", attempt.priority().text())
                    .number("portguard.not_recorded", notRecorded);
        }
    }

    /**
     * A setting was changed.
     *
     * @param untilEpochMillis when it reverts by itself; 0 when it does not
     */
    record Changed(long epochMillis, SettingChange change, long untilEpochMillis) implements AuditEvent {

        @Override
        public void write(JsonLine line) {
            line.text("event.kind", "event")
                    .text("event.category", "configuration")
                    .text("event.type", "change")
                    .text("event.action", "setting-changed")
                    .text("user.name", change.who())
                    .text("portguard.setting", change.setting())
                    .wholeText("portguard.from", change.from())
                    .wholeText("portguard.to", change.to())
                    .text("portguard.until", untilEpochMillis == 0 ? null : JsonLine.time(untilEpochMillis));
        }
    }

    /**
     * A client was banned, or a ban was ended.
     *
     * @param seconds of the ban; 0 when it was ended
     */
    record Banned(long epochMillis, String client, @Nullable String who, long seconds) implements AuditEvent {

        @Override
        public void write(JsonLine line) {
            line.text("event.kind", "event")
                    .text("event.category", "configuration")
                    .text("event.type", seconds > 0 ? "creation" : "deletion")
                    .text("event.action", seconds > 0 ? "client-banned" : "client-unbanned")
                    .text("user.name", who)
                    .text("portguard.client", client)
                    .text("portguard.until", seconds > 0 ? JsonLine.time(epochMillis + seconds * 1_000) : null);
        }
    }

    /**
     * A client was recognised as scanning ports.
     *
     * @param between whom it was seen last
     * @param how it was recognised
     */
    record Scanned(long epochMillis, Attempt attempt, FiveTuple between, String how) implements AuditEvent {

        @Override
        public void write(JsonLine line) {
            line.text("event.kind", "alert")
                    .text("event.category", "intrusion_detection")
                    .text("event.type", "info")
                    .text("event.action", "scan-recognised")
                    .text("event.reason", how);
            between.write(line);
            line.text("portguard.client", attempt.client().key().toString());
        }
    }

    /** What happened to the trail itself: it began, or events were lost. */
    record Trail(long epochMillis, String action, long lost) implements AuditEvent {

        @Override
        public void write(JsonLine line) {
            line.text("event.kind", lost > 0 ? "pipeline_error" : "event")
                    .text("event.category", "configuration")
                    .text("event.type", "info")
                    .text("event.action", action)
                    .number("portguard.lost", lost);
        }
    }
}
