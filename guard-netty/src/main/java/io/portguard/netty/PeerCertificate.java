package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** By what certificate the peer of a connection has proved itself. Confined to the event loop. */
final class PeerCertificate {

    private @Nullable String subject;

    /** Its subject, which is looked for until there is one; null while there is none. */
    @Nullable
    String subject(Channel channel) {
        String known = subject;
        if (known == null) {
            known = find(channel);
            subject = known;
        }
        return known;
    }

    private static @Nullable String find(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return null;
        }
        try {
            return tls.engine().getSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException anonymous) {
            return null;
        }
    }
}
