package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** A corpus file (tsv) that cannot be read or whose rows are wrong. */
public final class CorpusException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public CorpusException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public CorpusException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
