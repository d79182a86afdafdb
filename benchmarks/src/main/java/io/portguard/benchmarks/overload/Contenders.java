package io.portguard.benchmarks.overload;

import com.alibaba.csp.sentinel.SphU;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.portguard.benchmarks.Versions;
import io.portguard.benchmarks.overload.Contender.Played;
import io.portguard.benchmarks.server.Subject;
import io.portguard.benchmarks.server.SubjectProcess;
import java.util.List;
import java.util.stream.Stream;

/** All contenders; the peers' limits are set by hand where they have to be set. */
final class Contenders {

    /** What the capacity is measured on. */
    static final Contender UNGUARDED = alone(TomcatJobs.TOMCAT + " bare", TomcatJobs::bare, Played.ONCE);

    static final List<Contender> ALL = List.of(
            alone("portguard on tomcat", TomcatJobs::guarded, Played.WHOLLY),
            alone("portguard on netty", NettyJobs::guarded, Played.WHOLLY),
            alone("portguard on jetty", JettyJobs::guarded, Played.ON_REQUEST),
            UNGUARDED,
            alone(
                    TomcatJobs.TOMCAT + " + concurrency-limits " + Versions.of(Gradient2Limit.class) + " Gradient2",
                    () -> TomcatJobs.gated(Gate.gradient2()),
                    Played.BRIEFLY),
            alone(
                    TomcatJobs.TOMCAT + " + resilience4j " + Versions.of(Bulkhead.class) + " bulkhead, " + Gate.BY_HAND
                            + " by hand",
                    () -> TomcatJobs.gated(Gate.bulkhead()),
                    Played.BRIEFLY),
            alone(
                    TomcatJobs.TOMCAT + " + sentinel " + Versions.of(SphU.class) + " thread rule, " + Gate.BY_HAND
                            + " by hand",
                    () -> TomcatJobs.gated(Gate.sentinel()),
                    Played.ON_REQUEST),
            alone(JettyJobs.JETTY + " bare", JettyJobs::bare, Played.ON_REQUEST),
            alone(JettyJobs.JETTY + " QoSHandler, " + Job.WORKERS + " by hand", JettyJobs::qosHandler, Played.BRIEFLY),
            alone(NettyJobs.NETTY + " bare", NettyJobs::bare, Played.ON_REQUEST),
            new Contender(UNGUARDED.subject(), Front.NGINX, Played.BRIEFLY),
            new Contender(UNGUARDED.subject(), Front.HAPROXY, Played.BRIEFLY));

    private Contenders() {}

    private static Contender alone(String name, Subject.Server server, Played played) {
        return new Contender(new Subject(name, server), null, played);
    }

    /** In a process of its own: serves the subject that is named. */
    public static void main(String[] arguments) throws Exception {
        SubjectProcess.serve(Stream.concat(Stream.of(UNGUARDED), ALL.stream())
                .map(Contender::subject)
                .filter(subject -> subject.name().equals(arguments[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no subject " + arguments[0])));
    }
}
