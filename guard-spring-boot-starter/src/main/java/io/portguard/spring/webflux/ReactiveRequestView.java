package io.portguard.spring.webflux;

import io.portguard.http.HttpRequestView;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;

/** What the guard sees of a reactive request: as it was sent, for no filter has had it before. */
final class ReactiveRequestView implements HttpRequestView {

    private final ServerHttpRequest request;

    ReactiveRequestView(ServerHttpRequest request) {
        this.request = request;
    }

    @Override
    public String method() {
        return request.getMethod().name();
    }

    @Override
    public String rawPath() {
        String path = request.getURI().getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> lines = request.getHeaders().get(name);
        return lines == null ? null : lines.size() == 1 ? lines.get(0) : String.join(",", lines);
    }

    /** Whose certificate the connection was opened with; whom a filter authenticates is not known yet. */
    @Override
    public @Nullable String principal() {
        return certificate();
    }

    @Override
    public @Nullable String certificate() {
        SslInfo tls = request.getSslInfo();
        X509Certificate[] certificates = tls == null ? null : tls.getPeerCertificates();
        return certificates == null || certificates.length == 0
                ? null
                : certificates[0].getSubjectX500Principal().getName();
    }
}
