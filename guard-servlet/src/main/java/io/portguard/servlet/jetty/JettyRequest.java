package io.portguard.servlet.jetty;

import io.portguard.Decision;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Rejection;
import io.portguard.servlet.AdmittedConnection;
import io.portguard.servlet.GuardedConnection;
import io.portguard.servlet.RefusalAnswer;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request on a guarded connection, from its header to when Jetty has done with it. Thread-safe. */
final class JettyRequest implements GuardedConnection, Consumer<@Nullable Throwable> {

    private final JettyConnection connection;

    /** Of a request that was admitted before there was a servlet request. Whoever else sees it releases it to no effect. */
    private volatile @Nullable Permit permit;

    JettyRequest(JettyConnection connection) {
        this.connection = connection;
    }

    /**
     * Decides about the request before there is a servlet request, if a filter would decide about it later, and answers it
     * if it is refused.
     *
     * @return whether it was
     */
    boolean refuses(Request request, Response response, Callback callback) {
        if (!connection.areRequestsGuarded()) {
            return false;
        }
        Decision decision = admitted().tryAdmit(new JettyRequestView(request));
        if (decision instanceof Rejection rejection) {
            return RefusalAnswer.write(admitted().port(), rejection, new JettyAnswer(request, response, callback));
        }
        permit = (Permit) decision;
        return false;
    }

    @Override
    public AdmittedConnection admitted() {
        return connection.admitted();
    }

    @Override
    public void requestsAreGuarded() {
        connection.requestsAreGuarded();
    }

    @Override
    public @Nullable Permit takePermit() {
        Permit taken = permit;
        permit = null;
        return taken;
    }

    /** Jetty has done with the request. What no filter has taken was served where nobody guards it. */
    @Override
    public void accept(@Nullable Throwable failure) {
        connection.requestEnded();
        Permit left = takePermit();
        if (left != null) {
            left.release(Outcome.IGNORED);
        }
    }
}
