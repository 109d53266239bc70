package org.quantvoice.server.load;

import static java.util.Objects.requireNonNull;

/** Says why a request or a stream is refused now. */
public final class Overload extends Exception {
    private static final long serialVersionUID = 1L;

    /** The reasons, each with its message to the client. */
    public enum Reason {
        FULL("queue_full", "The queue is full"),
        LATE("queue_timeout", "The request waited as long as it may"),
        CLIENT("client_limit", "This client has as many requests under way as it may"),
        STOPPING("shutting_down", "The server stops");

        private final String code;
        private final String sentence;

        Reason(String code, String sentence) {
            this.code = code;
            this.sentence = sentence;
        }

        public String code() {
            return code;
        }
    }

    private final Reason reason;
    private final long retryAfterSeconds;

    Overload(Reason reason, long retryAfterSeconds) {
        super(reason.sentence + "; try again after " + retryAfterSeconds + " s.", null, false, false);
        this.reason = reason;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    @Override
    public String getMessage() {
        return requireNonNull(super.getMessage());
    }

    public Reason reason() {
        return reason;
    }

    /** Returns the seconds after which another try may succeed, 1 or more. */
    public long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
