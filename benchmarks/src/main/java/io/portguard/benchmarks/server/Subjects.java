package io.portguard.benchmarks.server;

import java.util.List;

/** All servers there are to be measured. */
final class Subjects {

    private static final List<Subject> ALL = List.of(
            NettyServers.ACCEPT_AND_CLOSE,
            NettyServers.REFUSED_CONNECTION,
            NettyServers.CONSTANT_503,
            NettyServers.REFUSED_REQUEST,
            NettyServers.HELLO,
            NettyServers.GUARDED_HELLO,
            ReactorNettyServers.HELLO,
            ReactorNettyServers.GUARDED_HELLO,
            ServletServers.TOMCAT_FILTER_503,
            ServletServers.TOMCAT_REFUSED_CONNECTION,
            ServletServers.TOMCAT_HELLO,
            ServletServers.TOMCAT_GUARDED_HELLO,
            ServletServers.JETTY_REFUSED_CONNECTION,
            ServletServers.JETTY_HELLO,
            ServletServers.JETTY_GUARDED_HELLO);

    private Subjects() {}

    /** In a process of its own: serves the subject that is named. */
    public static void main(String[] arguments) throws Exception {
        SubjectProcess.serve(named(arguments[0]));
    }

    static Subject named(String name) {
        return ALL.stream()
                .filter(subject -> subject.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("subject: " + name + " (expected: one of "
                        + ALL.stream().map(Subject::name).toList() + ")"));
    }
}
