package io.portguard.spring.webflux;

import io.portguard.Outcome;
import io.portguard.Permit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Stands between the server and the handling of an admitted request, and gives the permit back when that has ended:
 * with its completion, its error, or its cancellation, whichever comes first. Thread-safe.
 */
final class PermitSubscriber implements CoreSubscriber<Void>, Subscription {

    private final CoreSubscriber<? super Void> server;
    private final ServerHttpResponse response;
    private final Permit permit;
    private @Nullable Subscription handling;

    PermitSubscriber(CoreSubscriber<? super Void> server, ServerHttpResponse response, Permit permit) {
        this.server = server;
        this.response = response;
        this.permit = permit;
    }

    @Override
    public Context currentContext() {
        return server.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.validate(handling, subscription)) {
            handling = subscription;
            server.onSubscribe(this);
        }
    }

    @Override
    public void onNext(Void nothing) {
        // There is none.
    }

    @Override
    public void onError(Throwable error) {
        permit.release(ResponseOutcomes.of(error));
        server.onError(error);
    }

    @Override
    public void onComplete() {
        try {
            server.onComplete();
        } finally {
            permit.release(ResponseOutcomes.of(response));
        }
    }

    @Override
    public void request(long count) {
        Subscription present = handling;
        if (present != null) {
            present.request(count);
        }
    }

    @Override
    public void cancel() {
        Subscription present = handling;
        try {
            if (present != null) {
                present.cancel();
            }
        } finally {
            permit.release(Outcome.IGNORED);
        }
    }
}
