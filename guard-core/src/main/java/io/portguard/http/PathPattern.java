package io.portguard.http;

import java.util.Optional;

/**
 * A pattern of request paths: a path by itself ({@code /orders}), or a path and everything below it ({@code
 * /orders/**}). It is matched against plain paths only, see {@link PlainPath}.
 */
public final class PathPattern {

    private static final String BELOW = "/**";

    private final String path;
    private final boolean below;

    private PathPattern(String path, boolean below) {
        this.path = path;
        this.below = below;
    }

    /** The pattern that the text writes; empty when it writes none. */
    public static Optional<PathPattern> parse(String text) {
        boolean below = text.endsWith(BELOW);
        String path = below ? text.substring(0, text.length() - BELOW.length()) : text;
        boolean root = below && path.isEmpty();
        return root || (path.startsWith("/") && path.indexOf('*') < 0 && PlainPath.isPlain(path))
                ? Optional.of(new PathPattern(path, below))
                : Optional.empty();
    }

    public boolean matches(String requestPath) {
        return requestPath.startsWith(path)
                && (requestPath.length() == path.length() || (below && requestPath.charAt(path.length()) == '/'));
    }

    /** Whether every path is matched. */
    public boolean matchesAll() {
        return below && path.isEmpty();
    }

    /** Whether every path that the other matches is matched. */
    public boolean covers(PathPattern other) {
        return below
                ? other.path.equals(path) || other.path.startsWith(path + "/")
                : !other.below && other.path.equals(path);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathPattern that && path.equals(that.path) && below == that.below;
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return below ? path + BELOW : path;
    }
}
