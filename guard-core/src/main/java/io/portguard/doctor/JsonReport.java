package io.portguard.doctor;

import io.portguard.IpAddress;
import io.portguard.proc.CgroupMemory;
import io.portguard.proc.ProcProcess.Descriptors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A diagnosis for machines. {@code docs/doctor.md} lists what is in it. */
final class JsonReport {

    private static final int MOST_CLIENTS = 20;

    private JsonReport() {}

    static String of(Diagnosis diagnosis, @Nullable Evidence evidence) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("verdict", diagnosis.isSound() ? "sound" : "findings");
        report.put(
                "findings",
                diagnosis.findings().stream().map(JsonReport::finding).toList());
        if (evidence != null) {
            state(report, evidence);
        }
        report.put("unseen", diagnosis.unseen());
        return Json.of(report);
    }

    private static void state(Map<String, Object> report, Evidence evidence) {
        report.put("ports", List.copyOf(evidence.ports()));
        if (evidence.process() != null) {
            report.put("pid", evidence.process().pid());
        }
        report.put(
                "listeners",
                evidence.listeners().stream()
                        .map(listener -> listener(evidence, listener))
                        .toList());
        Map<String, Object> connections = new LinkedHashMap<>();
        evidence.now()
                .sockets()
                .connections()
                .forEach((state, count) -> connections.put(TextReport.name(state), count));
        report.put("connections", connections);
        report.put("clients", clients(evidence.now().sockets().clients()));
        Map<String, Object> overflows = new LinkedHashMap<>();
        overflows.put("between_looks", evidence.grown(BacklogCheck.OVERFLOWS));
        overflows.put("since_up", evidence.total(BacklogCheck.OVERFLOWS));
        report.put("overflows", overflows);
        process(report, evidence);
        Map<String, Object> settings = new LinkedHashMap<>();
        for (String name : Evidence.SETTINGS) {
            put(settings, name, evidence.setting(name));
        }
        report.put("settings", settings);
    }

    /** When nothing could be looked at. */
    static String of(CannotLookException reason) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("verdict", "could not look");
        report.put("error", reason.getMessage());
        return Json.of(report);
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", finding.id());
        json.put("severity", finding.severity().toString());
        json.put("seen", finding.seen());
        json.put("why", finding.why());
        json.put("mend", finding.mend());
        if (finding.control() != null) {
            json.put("control", finding.control());
        }
        return json;
    }

    private static Map<String, Object> listener(Evidence evidence, Listener listener) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("address", listener.address().toString());
        json.put("port", listener.port());
        json.put("ipv6", listener.ipv6());
        json.put("waiting", listener.waiting());
        Integer capacity = evidence.capacities().get(listener.port());
        if (capacity != null) {
            json.put("capacity", capacity);
        }
        List<Object> holders = new ArrayList<>();
        for (Holder holder : evidence.holders().of(listener)) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("pid", holder.pid());
            one.put("command", holder.command());
            put(one, "uid", holder.uid());
            holders.add(one);
        }
        json.put("holders", holders);
        return json;
    }

    private static List<Object> clients(Map<IpAddress, Integer> clients) {
        List<Object> most = new ArrayList<>();
        clients.entrySet().stream()
                .sorted(Map.Entry.<IpAddress, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_CLIENTS)
                .forEach(each -> {
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("address", each.getKey().toString());
                    one.put("connections", each.getValue());
                    most.add(one);
                });
        return most;
    }

    private static void process(Map<String, Object> report, Evidence evidence) {
        Descriptors descriptors = evidence.now().descriptors();
        if (descriptors != null) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("open", descriptors.count());
            put(json, "max", evidence.maxDescriptors());
            report.put("descriptors", json);
        }
        CgroupMemory memory = evidence.now().memory();
        if (memory != null) {
            Map<String, Object> json = new LinkedHashMap<>();
            put(json, "used", memory.used());
            put(json, "max", memory.limit());
            report.put("memory", json);
        }
    }

    private static void put(Map<String, Object> json, String name, OptionalLong value) {
        if (value.isPresent()) {
            json.put(name, value.getAsLong());
        }
    }
}
