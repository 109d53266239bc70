package org.quantvoice;

import java.util.List;
import org.quantvoice.decode.Word;

/** One channel of a recording into words, while it is read. For one thread at a time. */
interface Recogniser extends AutoCloseable {

    /** Takes words, in order, that stay as they are. */
    interface Words {
        void word(Word word);
    }

    /**
     * @param samples mono at the model's rate; not changed afterwards
     */
    void accept(float[] samples);

    /** No word that is still to be told starts before this second. */
    double settled();

    /** Seconds that were recognised. */
    double position();

    /** Whether all that is wanted of the recording is told, however it goes on. */
    default boolean isDone() {
        return false;
    }

    /**
     * Ends it.
     *
     * @param audioSeconds length of all samples
     * @return the readings of what was not yet told, best first, at least one
     */
    List<Transcript.Alternative> finish(double audioSeconds);

    @Override
    void close();
}
