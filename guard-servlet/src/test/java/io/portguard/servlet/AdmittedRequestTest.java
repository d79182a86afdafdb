package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Containers that do as the specification allows and Tomcat does not. */
class AdmittedRequestTest {

    private final Ended ended = new Ended();
    private final StandardGuard port =
            StandardGuard.builder("test").listener(ended).build();
    private final GuardFilter filter = new GuardFilter(port);
    private final List<AsyncListener> listeners = new ArrayList<>();
    private boolean started;
    private boolean takesListeners = true;

    private final AsyncContext context = proxy(AsyncContext.class, (proxy, method, arguments) -> {
        if (method.getName().equals("addListener")) {
            if (!takesListeners) {
                throw new IllegalStateException("too late");
            }
            listeners.add((AsyncListener) arguments[0]);
        }
        return null;
    });

    private final HttpServletRequest request =
            proxy(HttpServletRequest.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "getDispatcherType" -> DispatcherType.REQUEST;
                case "getRequestURI" -> "/";
                case "getMethod" -> "GET";
                case "startAsync", "getAsyncContext" -> context;
                case "isAsyncStarted" -> started;
                default -> null;
            });

    private final HttpServletResponse response = proxy(
            HttpServletResponse.class,
            (proxy, method, arguments) -> method.getName().equals("getStatus") ? (Object) 200 : null);

    @AfterEach
    void nothingIsHeld() {
        assertThat(active()).isZero();
        port.close();
    }

    @Test
    void aRequestThatDeniesToBeAsynchronousOnceItIsDispatchedIsHeldAllTheSame() throws Exception {
        filter.doFilter(request, response, starting());
        assertThat(active()).isEqualTo(1);
        assertThat(listeners).hasSize(1);
        listeners.get(0).onComplete(new AsyncEvent(context));
        assertThat(ended.outcomes()).containsExactly(Outcome.SUCCESS);
    }

    @Test
    void aListenerFollowsIntoTheNextCycleOnce() throws Exception {
        started = true;
        filter.doFilter(request, response, (asked, answer) -> {
            asked.startAsync();
            listeners.get(0).onStartAsync(new AsyncEvent(context));
            asked.startAsync(asked, answer);
        });
        assertThat(listeners).hasSize(2);
        assertThat(listeners.get(1)).isSameAs(listeners.get(0));
        listeners.get(1).onTimeout(new AsyncEvent(context));
        listeners.get(1).onError(new AsyncEvent(context));
        listeners.get(1).onComplete(new AsyncEvent(context));
        assertThat(ended.outcomes()).containsExactly(Outcome.DROPPED);
    }

    @Test
    void whereNoListenerIsTakenThePermitEndsWithTheChain() throws Exception {
        takesListeners = false;
        started = true;
        filter.doFilter(request, response, starting());
        assertThat(ended.outcomes()).containsExactly(Outcome.SUCCESS);
    }

    @Test
    void whereTheNextCycleTakesNoListenerThePermitEndsAtOnce() throws Exception {
        filter.doFilter(request, response, starting());
        takesListeners = false;
        listeners.get(0).onStartAsync(new AsyncEvent(context));
        assertThat(ended.outcomes()).containsExactly(Outcome.IGNORED);
    }

    private long active() {
        return port.guard().counts(Attempt.Kind.REQUEST).active();
    }

    private static FilterChain starting() {
        return (asked, answer) -> asked.startAsync();
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
