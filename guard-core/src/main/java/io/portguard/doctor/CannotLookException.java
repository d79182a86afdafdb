package io.portguard.doctor;

/** What was asked for cannot be looked at; the message says why, in a sentence. */
public final class CannotLookException extends Exception {

    private static final long serialVersionUID = 1;

    CannotLookException(String sentence) {
        super(sentence);
    }

    CannotLookException(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
