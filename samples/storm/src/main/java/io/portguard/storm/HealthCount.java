package io.portguard.storm;

/**
 * How the health probes fared.
 *
 * @param sent probes sent
 * @param ok answered with 200
 * @param refused answered with 403, 429 or 503; a guard must refuse none
 * @param unanswered not answered within a second, or the connection failed
 */
record HealthCount(int sent, int ok, int refused, int unanswered) {

    static final HealthCount NONE = new HealthCount(0, 0, 0, 0);

    HealthCount answered(int status) {
        boolean isOk = status == 200;
        boolean isRefusal = status == 403 || status == 429 || status == 503;
        return new HealthCount(sent + 1, isOk ? ok + 1 : ok, isRefusal ? refused + 1 : refused, unanswered);
    }

    HealthCount missed() {
        return new HealthCount(sent + 1, ok, refused, unanswered + 1);
    }
}
