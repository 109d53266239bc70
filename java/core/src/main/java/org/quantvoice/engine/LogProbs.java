package org.quantvoice.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.quantvoice.error.DecoderException;

/**
 * Natural log-probs of a CTC model for one utterance: shape {@code [frames, vocabulary]}, row-major. The array is not
 * copied; the creator must not change it afterwards.
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

    /** Returns a matrix of the rows of several, in order. */
    public static LogProbs concat(List<LogProbs> parts, int vocabulary) {
        long frames = parts.stream().mapToLong(LogProbs::frames).sum();
        if (frames * vocabulary > Integer.MAX_VALUE - 16) {
            throw new DecoderException(
                    frames + " frames of " + vocabulary + " values",
                    "a matrix of fewer than 2^31 values",
                    "transcribe the recording, or take its log-probabilities in parts");
        }
        float[] data = new float[(int) (frames * vocabulary)];
        int at = 0;
        for (LogProbs part : parts) {
            System.arraycopy(part.data(), 0, data, at, part.data().length);
            at += part.data().length;
        }
        return new LogProbs(data, (int) frames, vocabulary);
    }

    public float at(int frame, int token) {
        return data[Objects.checkIndex(frame, frames) * vocabulary + Objects.checkIndex(token, vocabulary)];
    }

    /** Returns the most probable token of a frame; the lowest index wins a tie. */
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

    /** Returns the most probable token of each frame, repeats merged and blanks dropped. */
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
