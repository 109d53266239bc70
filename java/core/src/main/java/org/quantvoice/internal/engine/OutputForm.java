package org.quantvoice.internal.engine;

/** The form of the rows of a model's output; every engine returns natural log-probs. */
public enum OutputForm {
    LOG_PROBS("log-probabilities"),
    LOGITS("logits, normalized here"),
    PROBABILITIES("probabilities, of which the logarithm is taken here");

    private static final double CLOSE = 1e-2;
    private final String words;

    OutputForm(String words) {
        this.words = words;
    }

    /**
     * Judges the form of rows: probabilities are never negative and sum to 1, log-probs do so after {@code exp}, and
     * everything else is logits.
     *
     * @param rows {@code [frames, vocabulary]}, at least one row
     */
    public static OutputForm of(float[] rows, int vocabulary) {
        boolean probabilities = true;
        boolean logarithms = true;
        for (int from = 0; from + vocabulary <= rows.length; from += vocabulary) {
            double sum = 0;
            double mass = 0;
            for (int v = from; v < from + vocabulary; v++) {
                probabilities &= rows[v] >= 0;
                sum += rows[v];
                mass += Math.exp(rows[v]);
            }
            probabilities &= Math.abs(sum - 1) < CLOSE;
            logarithms &= Math.abs(mass - 1) < CLOSE;
        }
        return probabilities ? PROBABILITIES : logarithms ? LOG_PROBS : LOGITS;
    }

    /** Returns a text for reports, e.g. {@code logits, normalized here}. */
    @Override
    public String toString() {
        return words;
    }
}
