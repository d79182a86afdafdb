package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.audit.TrailCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Refuses until the disk of the audit trail is full, goes on, and frees the disk again. The folder, its first argument, is
 * a small disk of its own.
 */
final class FullDiskScenario {

    private static final int CLIENTS_AT_ONCE = 1_000;

    private final StandardGuard guard;
    private final Path folder;
    private int clients;
    private long wrong;

    private FullDiskScenario(Path folder) {
        this.folder = folder;
        guard = StandardGuard.builder("disk")
                .configure(Map.of("audit.folder", folder.toString(), "clients.rate", "0.001", "clients.burst", "1"))
                .build();
    }

    public static void main(String[] args) throws Exception {
        new FullDiskScenario(Path.of(args[0])).run();
        System.exit(0);
    }

    private void run() throws IOException {
        while (!isLossTold()) {
            refuseSome();
        }
        report("full", usableBytes() < 4_096);
        for (int i = 0; i < 20; i++) {
            refuseSome();
        }
        report("lossTold", isLossTold());
        for (Path file : files()) {
            Files.delete(file);
        }
        while (!isLossRecorded()) {
            refuseSome();
        }
        guard.close();
        report("wrongDecisions", wrong);
        report("faults", guard.guard().faults());
        report("active", guard.status().activeRequests());
        report("sound", TrailCheck.of(folder, "disk").isSound());
    }

    /** Of two requests of a client the second is refused. */
    private void refuseSome() {
        for (int i = 0; i < CLIENTS_AT_ONCE; i++) {
            IpAddress address = IpAddress.ofIpv4(0x0a00_0000 + clients++);
            Attempt attempt = Attempt.request(guard.guard().client(ClientKey.of(address)), address, Priority.NORMAL);
            if (guard.guard().tryAdmit(attempt) instanceof Permit permit) {
                permit.release(Outcome.SUCCESS);
            } else {
                wrong++;
            }
            if (guard.guard().tryAdmit(attempt) instanceof Permit permit) {
                permit.release(Outcome.SUCCESS);
                wrong++;
            }
        }
    }

    private boolean isLossTold() {
        return guard.notices().stream().anyMatch(notice -> notice.startsWith("The audit lost"));
    }

    private boolean isLossRecorded() throws IOException {
        for (Path file : files()) {
            if (Files.readString(file, StandardCharsets.US_ASCII).contains("\"event.action\":\"events-lost\"")) {
                return true;
            }
        }
        return false;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private long usableBytes() throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    private static void report(String name, Object value) {
        System.out.println(name + "=" + value);
    }
}
