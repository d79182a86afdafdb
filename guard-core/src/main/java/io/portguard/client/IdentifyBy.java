package io.portguard.client;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told by: its address, a header's value, the authenticated principal, or the subject of its TLS
 * certificate.
 *
 * @param source which of them
 * @param header the header's name; null unless the source is {@link Source#HEADER}
 */
public record IdentifyBy(Source source, @Nullable String header) {

    /** Where the identity comes from. */
    public enum Source {
        ADDRESS,
        HEADER,
        PRINCIPAL,
        CERTIFICATE
    }

    public static final IdentifyBy ADDRESS = new IdentifyBy(Source.ADDRESS, null);
    public static final IdentifyBy PRINCIPAL = new IdentifyBy(Source.PRINCIPAL, null);

    public static final IdentifyBy CERTIFICATE = new IdentifyBy(Source.CERTIFICATE, null);

    private static final String HEADER_PREFIX = "header:";

    /** Reads {@code address}, {@code principal}, {@code certificate} or {@code header:NAME}; empty otherwise. */
    public static Optional<IdentifyBy> parse(String text) {
        String lower = text.trim().toLowerCase(Locale.ROOT);
        if (lower.equals("address")) {
            return Optional.of(ADDRESS);
        }
        if (lower.equals("principal")) {
            return Optional.of(PRINCIPAL);
        }
        if (lower.equals("certificate")) {
            return Optional.of(CERTIFICATE);
        }
        String name = lower.startsWith(HEADER_PREFIX)
                ? text.trim().substring(HEADER_PREFIX.length()).trim()
                : "";
        return isToken(name) ? Optional.of(new IdentifyBy(Source.HEADER, name)) : Optional.empty();
    }

    private static boolean isToken(String name) {
        return !name.isEmpty()
                && name.chars().allMatch(c -> c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
    }

    @Override
    public String toString() {
        return source == Source.HEADER ? HEADER_PREFIX + header : source.name().toLowerCase(Locale.ROOT);
    }
}
