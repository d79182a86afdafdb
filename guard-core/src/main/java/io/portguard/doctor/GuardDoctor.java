package io.portguard.doctor;

import io.portguard.ConnectionStance;
import io.portguard.GuardSnapshot;
import io.portguard.Mode;
import io.portguard.pressure.NetworkDrops;
import io.portguard.rule.ScanWatch;
import io.portguard.rule.ShadowReport;
import io.portguard.settings.Setting;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Diagnoses a guarded port from inside its process: what the kernel knows of it, and what the guard does. Stateless. */
public final class GuardDoctor {

    private static final String JMX_PORT = "com.sun.management.jmxremote.port";

    private GuardDoctor() {}

    /** Takes as long as the doctor leaves between looks; where the kernel tells nothing, the guard still does. */
    public static Diagnosis diagnose(Doctor doctor, StandardGuard guard) {
        Subject subject = subject(guard);
        try {
            Diagnosis seen = doctor.diagnose(subject);
            return seen.with(findings(guard, seen.maxDescriptors()));
        } catch (CannotLookException reason) {
            return Diagnosis.blind(subject, reason).with(findings(guard, OptionalLong.empty()));
        }
    }

    private static Subject subject(StandardGuard guard) {
        Map<Integer, Integer> capacities = guard.pressure().backlog().capacities();
        Set<Integer> declared = new HashSet<>(capacities.keySet());
        if (!declared.isEmpty()) {
            declared.addAll(guard.declaredPorts());
            declared.add(Integer.getInteger(JMX_PORT, 0));
        }
        return new Subject(
                new TreeSet<>(capacities.keySet()), ProcessHandle.current().pid(), false, declared, capacities);
    }

    static List<Finding> findings(StandardGuard guard, OptionalLong maxDescriptors) {
        GuardSnapshot now = guard.status();
        List<Finding> findings = new ArrayList<>();
        load(now, findings);
        stance(guard.connectionStance(), findings);
        connections(now, maxDescriptors, findings);
        mode(now, findings);
        if (now.faults() > 0) {
            findings.add(Finding.warning(
                    "guard-faults",
                    "Something inside the guard failed " + now.faults() + " times; those attempts were let through.",
                    "A rule or listener that fails guards nothing.",
                    "See the log of io.portguard; rules and listeners of your own are the first suspects."));
        }
        guard.notices()
                .forEach(notice -> findings.add(Finding.warning(
                        "guard-notice",
                        notice,
                        "The guard goes on with what it has, which may not be what was meant.",
                        "As it says.")));
        guard.lint()
                .forEach(notice -> findings.add(Finding.warning(
                        "rule-lint",
                        notice,
                        "A rule that means more than was meant refuses the wrong ones, one that means less nobody.",
                        "Change the setting, in shadow mode first; revert() over JMX takes back what was tuned.")));
        List<String> scanners = guard.scanners();
        if (!scanners.isEmpty()) {
            findings.add(Finding.note(
                    "scanners",
                    "Ports were scanned by " + String.join(", ", scanners) + ".",
                    "Whoever scans looks for what to attack.",
                    "guard.penalties.ban-at: 100 bans them from then on; ban(client, seconds) over JMX bans one."));
        }
        halfOpenResets(guard, findings);
        shadowed(guard, findings);
        Map<String, Long> bans = guard.bans();
        if (!bans.isEmpty()) {
            findings.add(Finding.note(
                    "bans",
                    bans.entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .limit(10)
                            .map(ban -> ban.getKey() + " is banned for " + ban.getValue() + " s more.")
                            .collect(Collectors.joining(" ")),
                    "Whatever it asks is answered 403 until then.",
                    "unban(client) over JMX."));
        }
        tunings(guard, findings);
        return findings;
    }

    private static void halfOpenResets(StandardGuard guard, List<Finding> findings) {
        long resets = guard.pressure().droppedLately(NetworkDrops.Counter.HANDSHAKE_RESET);
        if (resets >= ScanWatch.PORTS) {
            findings.add(Finding.note(
                    "half-open-resets",
                    resets + " half-open connections were reset by whoever began them, in the last minute or two.",
                    "A SYN scan does so, and so do load balancers that look whether a port is open without opening a"
                            + " connection; no guard sees such a connection, and the kernel does not tell whose it was.",
                    "tcpdump -n 'tcp[tcpflags] == tcp-rst' shows the addresses; where these are no load balancer's,"
                            + " deny them in the firewall."));
        }
    }

    private static void load(GuardSnapshot now, List<Finding> findings) {
        if (now.sheddingLevel() > 0) {
            findings.add(Finding.warning(
                    "shedding",
                    "Load is being shed: level " + now.sheddingLevel() + " of 511. Pressure: " + pressure(now) + ".",
                    "What matters least is refused so that the rest is answered in time.",
                    "Add instances or capacity where the pressure is; see topClients(10) for who asks most."));
        }
        if (now.activeRequests() >= now.requestLimit() && now.mode() == Mode.ENFORCE) {
            findings.add(Finding.warning(
                    "request-limit",
                    "All " + now.requestLimit() + " places for requests are taken.",
                    "Further requests are refused until one ends.",
                    "See what the requests wait for (jcmd PID Thread.print); add instances."));
        }
    }

    private static void stance(ConnectionStance stance, List<Finding> findings) {
        if (stance != ConnectionStance.ACCEPT) {
            findings.add(Finding.warning(
                    "connection-stance",
                    switch (stance) {
                        case PAUSE -> "Accepting connections pauses for the moment.";
                        case CLOSE -> "New connections are closed as soon as they are accepted.";
                        default ->
                            "New connections are closed as soon as they are accepted, kept ones after their"
                                    + " response.";
                    },
                    "Refusing requests alone did not take the pressure away.",
                    "Add instances or capacity where the pressure is; the changes below say when it began and what is"
                            + " behind it."));
        }
    }

    private static String pressure(GuardSnapshot now) {
        return now.pressure().entrySet().stream()
                .map(source -> source.getKey() + " " + Math.round(source.getValue() * 100) + " %")
                .collect(Collectors.joining(", "));
    }

    private static void connections(GuardSnapshot now, OptionalLong maxDescriptors, List<Finding> findings) {
        if (maxDescriptors.isPresent() && now.connectionLimit() > maxDescriptors.getAsLong()) {
            findings.add(Finding.warning(
                    "connection-limit",
                    "Up to " + now.connectionLimit() + " connections are let in, and the process may have "
                            + maxDescriptors.getAsLong() + " descriptors.",
                    "The descriptors run out first, and then nothing can be accepted, opened or logged.",
                    "Leave guard.connections.max to its default, 80 % of the descriptors; or raise their limit."));
        }
        if (now.activeConnections() >= now.connectionLimit()) {
            findings.add(Finding.warning(
                    "connection-limit",
                    "All " + now.connectionLimit() + " connections are taken.",
                    "Further ones are closed as soon as they are accepted.",
                    "See who has them (the clients below); guard.connections.max-per-client keeps one from taking"
                            + " all."));
        }
    }

    private static void mode(GuardSnapshot now, List<Finding> findings) {
        if (now.mode() != Mode.ENFORCE) {
            findings.add(Finding.note(
                    "guard-mode",
                    "The guard refuses nothing: its mode is " + now.mode()
                            + (now.wouldRejectRequests() > 0
                                    ? "; it would have refused " + now.wouldRejectRequests() + " requests."
                                    : "."),
                    "In this mode the port is as open as without a guard.",
                    "tune(\"mode\", \"enforce\", 0) over JMX, guard.mode: enforce in the configuration."));
        }
    }

    private static void tunings(StandardGuard guard, List<Finding> findings) {
        String tuned = guard.settings().all().stream()
                .filter(setting -> guard.settings().secondsLeft(setting) > 0)
                .map(setting -> tuned(guard, setting))
                .collect(Collectors.joining(", "));
        if (!tuned.isEmpty()) {
            findings.add(Finding.note(
                    "tunings",
                    "Tuned for a time: " + tuned + ".",
                    "It reverts by itself.",
                    "revert() over JMX ends it now."));
        }
        if (guard.settings().values().get(StandardSettings.CLIENTS_TRUSTED_PROXIES).ranges().stream()
                .anyMatch(range -> range.toString().endsWith("/0"))) {
            findings.add(Finding.warning(
                    "trusted-everybody",
                    "guard.clients.trusted-proxies trusts every address there is.",
                    "Any client can then claim to be another, and escape its limits and bans.",
                    "Name the proxies' own addresses or networks."));
        }
    }

    private static void shadowed(StandardGuard guard, List<Finding> findings) {
        for (ShadowReport.OfRule rule : guard.shadowReport()) {
            long good = rule.goodAttempts();
            findings.add(Finding.note(
                    "shadow-rule",
                    "The rule \"" + rule.rule() + "\" is in shadow mode; it would have refused " + rule.attempts()
                            + " connections and requests, " + good + " of them of "
                            + (rule.goodClients().size() == ShadowReport.MAX_CLIENTS ? "at least " : "")
                            + rule.goodClients().size() + " clients that had just been served well.",
                    good == 0 ? "No false alarm was seen so far." : "These are its false alarms, once it is enforced.",
                    good == 0
                            ? "Take it out of guard.shadow.rules when it has seen enough traffic."
                            : "See shadowReport() over JMX for who they are, and make the rule narrower."));
        }
    }

    private static String tuned(StandardGuard guard, Setting<?> setting) {
        return setting.name() + " to " + guard.settings().text(setting) + " for "
                + guard.settings().secondsLeft(setting) + " s more";
    }
}
