package io.portguard.http;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request of a method and a path, with or without headers; their names are matched as they are written. */
record TestRequest(String method, String rawPath, Map<String, String> headers) implements HttpRequestView {

    static TestRequest get(String path) {
        return new TestRequest("GET", path, Map.of());
    }

    TestRequest with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new TestRequest(method, rawPath, more);
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public @Nullable String principal() {
        return null;
    }
}
