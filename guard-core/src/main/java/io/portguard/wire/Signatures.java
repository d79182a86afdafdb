package io.portguard.wire;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The signatures of a configuration, in their order. Immutable; there is none that ordinary clients would match. */
public final class Signatures {

    public static final Signatures NONE = new Signatures(List.of());

    private static final int MAX_SIGNATURES = 200;

    private final List<Signature> all;

    private Signatures(List<Signature> all) {
        this.all = all;
    }

    /**
     * Reads a list of signatures, separated by commas.
     *
     * @throws IllegalArgumentException when one is malformed or over-broad; the message says what was expected
     */
    public static Signatures parse(String text) {
        List<Signature> signatures = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String element : elements(text)) {
            Signature signature = Signature.parse(element);
            String conflict = SignatureLint.conflict(signature);
            if (conflict != null) {
                throw new IllegalArgumentException("signatures that no ordinary client matches; \"" + signature.name()
                        + "\" would match " + conflict + " too");
            }
            if (!names.add(signature.name())) {
                throw new IllegalArgumentException(
                        "a name for each signature; there are two of \"" + signature.name() + "\"");
            }
            signatures.add(signature);
        }
        if (signatures.size() > MAX_SIGNATURES) {
            throw new IllegalArgumentException(
                    "at most " + MAX_SIGNATURES + " signatures; there are " + signatures.size());
        }
        return signatures.isEmpty() ? NONE : new Signatures(List.copyOf(signatures));
    }

    public List<Signature> all() {
        return all;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Signatures that && all.equals(that.all);
    }

    @Override
    public int hashCode() {
        return all.hashCode();
    }

    @Override
    public String toString() {
        return all.stream().map(Signature::toString).collect(Collectors.joining(", "));
    }

    /** Cuts at the commas that are not in quotes. */
    private static List<String> elements(String text) {
        List<String> elements = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                elements.add(text.substring(from, i));
                from = i + 1;
            }
        }
        String last = text.substring(from);
        if (!last.isBlank() || !elements.isEmpty()) {
            elements.add(last);
        }
        return elements;
    }
}
