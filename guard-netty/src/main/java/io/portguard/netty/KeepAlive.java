package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringChannelOption;
import jdk.net.ExtendedSocketOptions;

/**
 * TCP keepalive on guarded connections: a peer that is gone without a word is found out after a minute or so,
 * not after the two hours that Linux waits by default.
 */
final class KeepAlive {

    private static final int IDLE_SECONDS = 60;
    private static final ChannelOption<Integer> NIO_IDLE = NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);

    private KeepAlive() {}

    /** Does what the transport can do: a Unix domain socket has no keepalive, and not every JDK its times. */
    static void set(Channel channel) {
        if (!channel.config().setOption(ChannelOption.SO_KEEPALIVE, true)) {
            return;
        }
        if (channel instanceof NioSocketChannel) {
            channel.config().setOption(NIO_IDLE, IDLE_SECONDS);
        } else if (channel.getClass().getName().startsWith("io.netty.channel.epoll.")) {
            OfEpoll.set(channel);
        } else if (channel.getClass().getName().startsWith("io.netty.channel.uring.")) {
            OfIoUring.set(channel);
        }
    }

    /** Apart, because Netty's epoll classes need not be on the class path. */
    private static final class OfEpoll {

        static void set(Channel channel) {
            channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, IDLE_SECONDS);
        }
    }

    /** Apart for the same reason. */
    private static final class OfIoUring {

        static void set(Channel channel) {
            channel.config().setOption(IoUringChannelOption.TCP_KEEPIDLE, IDLE_SECONDS);
        }
    }
}
