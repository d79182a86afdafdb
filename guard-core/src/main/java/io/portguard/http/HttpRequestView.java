package io.portguard.http;

import io.portguard.client.RequestOrigin;

/** What the guard needs to see of an HTTP request; an adapter implements it over its own request type. */
public interface HttpRequestView extends RequestOrigin {

    String method();

    /** The path as it was sent: from the first slash to before the query, still encoded. */
    String rawPath();
}
