package org.quantvoice.internal.longform;

import java.util.Arrays;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;

/** Frames of which it is certain, without a model, that they hold no speech. */
public final class Silences {
    /** Above the threshold of the beam, since a lexicon may forbid that the word ends here. */
    private static final double NO_DELIMITER = 0.01;

    private Silences() {}

    /**
     * Blanks; a pause ends a word, so the first frame is a word delimiter if the vocabulary has one.
     *
     * @param rows 1 or more
     * @param endsWord whether a word may be unfinished
     */
    public static LogProbs rows(Vocabulary vocabulary, int rows, boolean endsWord) {
        int size = vocabulary.size();
        float[] data = new float[rows * size];
        Arrays.fill(data, Float.NEGATIVE_INFINITY);
        for (int t = 0; t < rows; t++) {
            data[t * size + vocabulary.blank()] = 0;
        }
        if (endsWord && vocabulary.delimiter().isPresent()) {
            data[vocabulary.blank()] = (float) Math.log(NO_DELIMITER);
            data[vocabulary.delimiter().getAsInt()] = (float) Math.log(1 - NO_DELIMITER);
        }
        return new LogProbs(data, rows, size);
    }
}
