package org.quantvoice.cli.terminal;

import org.quantvoice.error.QuantVoiceException;

/** The user or the system asked a long command to stop before its end. */
public final class StoppedException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public StoppedException(String where) {
        super("a signal to stop " + where, "time to finish", "run the command again");
    }
}
