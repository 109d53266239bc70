package org.quantvoice.internal.longform;

import java.util.Arrays;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;

/** Writes frames that certainly hold no speech, so that the model is not run for them. */
public final class Silences {
    /**
     * Probability of a blank beside a word delimiter: above the threshold of the beam, because a lexicon may forbid
     * that the word ends here.
     */
    private static final double NO_DELIMITER = 0.01;

    private Silences() {}

    /**
     * Returns rows of blanks. A pause ends a word, so the first row is a word delimiter if the vocabulary has one.
     *
     * @param rows number of rows, 1 or more
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
