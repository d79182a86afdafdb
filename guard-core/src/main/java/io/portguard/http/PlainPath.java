package io.portguard.http;

/**
 * Tells paths that every reader reads alike. One with an encoded character, an empty, {@code .} or {@code ..}
 * segment, a parameter or a backslash may reach another resource than it seems to name; such a path is given
 * neither a priority above the default nor an exemption, so that nobody can dress a request up as a probe.
 */
final class PlainPath {

    private PlainPath() {}

    static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' || c == ';' || c == '\\' || c <= ' ' || c >= 127) {
                return false;
            }
            if (c == '/' && i + 1 < path.length()) {
                char next = path.charAt(i + 1);
                if (next == '/' || next == '.') {
                    return false;
                }
            }
        }
        return true;
    }
}
