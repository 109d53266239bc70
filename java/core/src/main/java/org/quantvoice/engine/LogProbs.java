package org.quantvoice.engine;

import java.util.Arrays;
import java.util.Objects;
import org.quantvoice.error.DecoderException;

/**
 * Natural log-probabilities of a CTC model for one utterance: shape {@code [frames, vocabulary]}, row-major. The array is
 * not copied; the creator must not change it afterwards.
 *
 * @param data {@code frames * vocabulary} values
 * @param frames number of rows, 0 or more
 * @param vocabulary number of columns, 1 or more
 */
@SuppressWarnings("ArrayRecordComponent")
public record LogProbs(float[] data, int frames, int vocabulary) {

    public LogProbs {
        Objects.requireNonNull(data, "data");
        if (frames < 0 || vocabulary < 1 || (long) frames * vocabulary != data.length) {
            throw new DecoderException(
                    data.length + " values for shape [" + frames + ", " + vocabulary + "]",
                    "frames * vocabulary values, frames >= 0, vocabulary >= 1",
                    "pass the whole matrix, one row a frame");
        }
    }

    public float at(int frame, int token) {
        return data[Objects.checkIndex(frame, frames) * vocabulary + Objects.checkIndex(token, vocabulary)];
    }

    /** The most probable token of a frame; the lowest index wins a tie. */
    public int argmax(int frame) {
        int base = Objects.checkIndex(frame, frames) * vocabulary;
        int best = 0;
        for (int v = 1; v < vocabulary; v++) {
            if (data[base + v] > data[base + best]) {
                best = v;
            }
        }
        return best;
    }

    /** The most probable token of each frame, repeats merged and blanks dropped. */
    public int[] bestPath(int blank) {
        int[] path = new int[frames];
        int length = 0;
        int last = blank;
        for (int t = 0; t < frames; t++) {
            int token = argmax(t);
            if (token != last && token != blank) {
                path[length++] = token;
            }
            last = token;
        }
        return Arrays.copyOf(path, length);
    }
}
