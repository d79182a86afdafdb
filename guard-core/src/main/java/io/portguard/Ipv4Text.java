package io.portguard;

/** Reads the dotted form of an IPv4 address: four decimal numbers from 0 to 255, none with a leading zero. */
final class Ipv4Text {

    static final long NONE = -1;

    private Ipv4Text() {}

    /** The address in the lower 32 bits, or {@link #NONE} when this part of the text writes none. */
    static long parse(CharSequence text, int from, int to) {
        if (to - from < 7 || to - from > 15) {
            return NONE;
        }
        long address = 0;
        int parts = 0;
        int part = -1;
        for (int i = from; i <= to; i++) {
            char c = i == to ? '.' : text.charAt(i);
            if (c == '.') {
                if (part < 0 || ++parts > 4) {
                    return NONE;
                }
                address = address << 8 | part;
                part = -1;
            } else if (c >= '0' && c <= '9' && part != 0) {
                // A leading zero is refused: some read what follows as octal, and readers that differ are a hole.
                part = (part < 0 ? 0 : part * 10) + (c - '0');
                if (part > 255) {
                    return NONE;
                }
            } else {
                return NONE;
            }
        }
        return parts == 4 ? address : NONE;
    }
}
