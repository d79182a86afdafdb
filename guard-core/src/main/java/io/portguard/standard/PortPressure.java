package io.portguard.standard;

import io.portguard.ConnectionStance;
import io.portguard.NanoClock;
import io.portguard.PressureEvent;
import io.portguard.pressure.CollectorOverhead;
import io.portguard.pressure.ContainerMemory;
import io.portguard.pressure.CpuLoad;
import io.portguard.pressure.CpuThrottling;
import io.portguard.pressure.DirectMemory;
import io.portguard.pressure.FileDescriptors;
import io.portguard.pressure.HalfOpen;
import io.portguard.pressure.HeapMemory;
import io.portguard.pressure.ListenBacklog;
import io.portguard.pressure.MemoryStall;
import io.portguard.pressure.NameResolution;
import io.portguard.pressure.NetworkDrops;
import io.portguard.pressure.PressureLog;
import io.portguard.pressure.PressureMonitor;
import io.portguard.pressure.PressureSource;
import io.portguard.pressure.ProcessCpu;
import io.portguard.pressure.QueueDelay;
import io.portguard.pressure.Trigger;
import io.portguard.rule.StandardRules;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** How hard-pressed a guarded port is: its sources of pressure and what they have set off. Thread-safe. */
public final class PortPressure {

    private final ListenBacklog backlog = new ListenBacklog();
    private final NetworkDrops drops = new NetworkDrops();
    private final HalfOpen halfOpen = new HalfOpen(backlog);
    private final QueueDelay queueDelay;
    private final PressureLog log;
    private final PressureMonitor monitor;
    private final OverloadControl control;

    PortPressure(
            StandardRules rules,
            QueueDelay queueDelay,
            List<String> names,
            Map<PressureSource, Trigger> more,
            NanoClock clock,
            PressureLog log) {
        this.queueDelay = queueDelay;
        this.log = log;
        control = new OverloadControl(rules, backlog, queueDelay, clock, log);
        monitor = control.monitor();
        watch();
        if (!names.isEmpty()) {
            monitor.add(new NameResolution(names, clock), Trigger.alarm(1));
        }
        more.forEach(monitor::add);
    }

    /** What is watched, and what it sets off; docs/pressure.md says why. */
    private void watch() {
        monitor.add(backlog, Trigger.acceptQueue(0.25, 0.75));
        monitor.add(drops, Trigger.acceptQueue(0.5, 1).onlyWhile(backlog.name(), 0.25));
        monitor.add(halfOpen, Trigger.queue(0.75, 1).onlyWhile(backlog.name(), 0.25));
        monitor.add(queueDelay, Trigger.queue(1, 5));
        monitor.add(new FileDescriptors(), Trigger.stock(0.9, 0.98));
        HeapMemory heap = new HeapMemory();
        monitor.add(heap, Trigger.none());
        monitor.add(new CollectorOverhead(), Trigger.stock(0.25, 0.6).onlyWhile(heap.name(), 0.85));
        monitor.add(new DirectMemory(), Trigger.stock(0.95, 0.99));
        ContainerMemory container = new ContainerMemory();
        monitor.add(container, Trigger.alarm(0.95));
        monitor.add(new MemoryStall(), Trigger.stock(0.2, 0.6).onlyWhile(container.name(), 0.9));
        monitor.add(new CpuLoad(), Trigger.none());
        monitor.add(new ProcessCpu(), Trigger.none());
        monitor.add(new CpuThrottling(), Trigger.alarm(0.5));
    }

    /** Adds a source that only an adapter can see, unless there is one of its name. */
    public synchronized void add(PressureSource source, Trigger trigger) {
        if (!monitor.names().contains(source.name())) {
            monitor.add(source, trigger);
        }
    }

    void tick(long nowNanos, boolean sheddingEnabled) {
        control.next(nowNanos, sheddingEnabled);
    }

    /** What has to be done on threads of their own, apart from each other. */
    List<LongConsumer> slowChores() {
        return Stream.of(PressureSource.Pace.SLOW, PressureSource.Pace.MAY_HANG)
                .filter(monitor::has)
                .<LongConsumer>map(pace -> now -> monitor.ask(pace, now))
                .toList();
    }

    void close() {
        try {
            halfOpen.close();
        } catch (IOException unread) {
            // It was only read from.
        }
    }

    void enforcing(boolean is) {
        control.enforcing(is);
    }

    ConnectionStance stance() {
        return control.inForce();
    }

    /** The accept queues of the guarded ports. */
    public ListenBacklog backlog() {
        return backlog;
    }

    /** Half-open connections of the guarded ports; -1 when unknown. */
    public long halfOpenConnections() {
        return halfOpen.count();
    }

    /** What the kernel has dropped in the network namespace since it is up, all ports together; -1 when unknown. */
    public long dropped(NetworkDrops.Counter counter) {
        return drops.count(counter);
    }

    /** The same in the last minute, or two at most; 0 when unknown. */
    public long droppedLately(NetworkDrops.Counter counter) {
        return drops.lately(counter);
    }

    /** The last reading of each source that is there: 1 is full. */
    public Map<String, Double> readings() {
        return monitor.readings();
    }

    /** The names of all sources, whether they are there or not. */
    public Set<String> sources() {
        return monitor.names();
    }

    /** All sources, whether they are there or not: what they say, and what it costs to ask them. */
    public List<PressureMonitor.SourceReport> report() {
        return monitor.report();
    }

    /** The last changes and what was done about them, oldest first; at most {@link PressureLog#KEPT}. */
    public List<PressureEvent> events() {
        return log.events();
    }
}
