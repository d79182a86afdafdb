package io.portguard.wire;

import io.portguard.Mode;

/** What the first bytes of a connection are seen to be. */
public sealed interface Sight {

    /** They may be what is spoken here; more of them could still change that. */
    Sight OPEN = Undecided.OPEN;

    /** They are not what is spoken here, whatever follows; what they are instead, more of them may tell. */
    Sight UNNAMED = Undecided.UNNAMED;

    /** Nothing is wrong with them, whatever follows. */
    Sight FAMILIAR = Undecided.FAMILIAR;

    /** Those that say no more than that. */
    enum Undecided implements Sight {
        OPEN,
        UNNAMED,
        FAMILIAR
    }

    /**
     * They do not belong here.
     *
     * @param protocol the name of what they are, one of {@link FirstBytes#PROTOCOLS} or of a signature
     * @param action what is to be done about it
     * @param configured whether a configured signature says so
     */
    record Strange(String protocol, Mode action, boolean configured) implements Sight {}
}
