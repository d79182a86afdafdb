package io.portguard.doctor;

import io.portguard.proc.Proc;
import io.portguard.proc.ProcProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which processes hold sockets, from the links in {@code /proc/PID/fd}. Immutable.
 *
 * @param bySocket the processes that hold a socket, by its number; none for one that nobody who can be seen holds
 * @param hidden how many processes could not be looked into
 */
record Holders(Map<Long, List<Holder>> bySocket, int hidden) {

    /** Looks through all processes until each socket is found. */
    static Holders of(Proc proc, Set<Long> sockets) throws IOException {
        Map<Long, List<Holder>> found = new HashMap<>();
        int hidden = 0;
        for (ProcProcess process : sockets.isEmpty() ? List.<ProcProcess>of() : proc.processes()) {
            Set<Long> held;
            try {
                held = new HashSet<>(process.descriptors().sockets());
            } catch (IOException foreignOrGone) {
                hidden += process.exists() ? 1 : 0;
                continue;
            }
            held.retainAll(sockets);
            if (!held.isEmpty()) {
                Holder holder = Holder.of(process);
                held.forEach(socket ->
                        found.computeIfAbsent(socket, none -> new ArrayList<>()).add(holder));
            }
        }
        return new Holders(found, hidden);
    }

    /** Where it listens and who that is. */
    String describe(Listener listener) {
        List<Holder> all = of(listener);
        return listener + " "
                + (all.isEmpty()
                        ? "somebody who cannot be seen (user " + listener.uid() + ")"
                        : all.stream().map(Holder::toString).collect(Collectors.joining(", ")));
    }

    List<Holder> of(Listener listener) {
        return bySocket.getOrDefault(listener.inode(), List.of());
    }
}
