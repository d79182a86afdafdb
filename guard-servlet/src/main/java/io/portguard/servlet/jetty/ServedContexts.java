package io.portguard.servlet.jetty;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.component.Container;

/**
 * Whether a filter that is mapped to all requests of its context sees all requests of a server: it does where that context
 * is the only one, at the root and of every host. Contexts that come and go while the server runs are followed. Thread-safe.
 */
final class ServedContexts implements Container.InheritedListener {

    private final Server server;
    private volatile boolean known;
    private volatile boolean guarded;

    ServedContexts(Server server) {
        this.server = server;
    }

    void follow() {
        server.addEventListener(this);
    }

    void unfollow() {
        server.removeEventListener(this);
        forget();
    }

    /** A filter decides about all requests of the context that it has been asked in. */
    void requestsAreGuarded() {
        if (!known) {
            look();
        }
    }

    boolean areGuarded() {
        return guarded;
    }

    private synchronized void look() {
        var contexts = server.getDescendants(ContextHandler.class);
        guarded = contexts.size() == 1 && contexts.stream().allMatch(ServedContexts::servesAll);
        known = true;
    }

    private static boolean servesAll(ContextHandler context) {
        return context.getContextPath().equals("/") && context.getVirtualHosts().isEmpty();
    }

    /** What was seen of a filter was seen among other contexts. */
    private synchronized void forget() {
        known = false;
        guarded = false;
    }

    @Override
    public void beanAdded(Container parent, Object child) {
        if (child instanceof ContextHandler) {
            forget();
        }
    }

    @Override
    public void beanRemoved(Container parent, Object child) {
        if (child instanceof ContextHandler) {
            forget();
        }
    }
}
