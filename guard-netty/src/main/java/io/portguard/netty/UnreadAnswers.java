package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.util.internal.PlatformDependent;
import io.portguard.pressure.PressureSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What clients have asked for and do not read: the bytes that wait in the outbound buffers of channels that are not
 * writable, as a fraction of half the memory that Netty may use for buffers. Thread-safe.
 */
final class UnreadAnswers implements PressureSource {

    private static final double BUDGET = PlatformDependent.maxDirectMemory() / 2.0;

    private final String name;
    private final Set<Channel> unwritable = ConcurrentHashMap.newKeySet();

    UnreadAnswers(String name) {
        this.name = name;
    }

    void changed(Channel channel) {
        if (channel.isWritable() || !channel.isOpen()) {
            unwritable.remove(channel);
        } else {
            unwritable.add(channel);
        }
    }

    void closed(Channel channel) {
        unwritable.remove(channel);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double sample(long nowNanos) {
        double bytes = 0;
        for (Channel channel : unwritable) {
            bytes += channel.bytesBeforeWritable();
        }
        return bytes / BUDGET;
    }
}
