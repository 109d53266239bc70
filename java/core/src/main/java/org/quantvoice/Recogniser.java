package org.quantvoice;

import java.util.List;
import org.quantvoice.decode.Word;

/** Turns one channel of a recording into words while it is read. For one thread at a time. */
interface Recogniser extends AutoCloseable {

    /** Takes words, in order, that will not change. */
    interface Words {
        void word(Word word);
    }

    /**
     * Takes samples.
     *
     * @param samples mono at the model's rate; not changed afterwards
     */
    void accept(float[] samples);

    /** Returns the second before which no further word starts. */
    double settled();

    /** Returns the number of seconds that were recognised. */
    double position();

    /** Returns whether all wanted words were passed on, however the recording goes on. */
    default boolean isDone() {
        return false;
    }

    /**
     * Ends the channel.
     *
     * @param audioSeconds length of all samples
     * @return the alternatives for the words that were not yet passed on, best first, at least one
     */
    List<Transcript.Alternative> finish(double audioSeconds);

    @Override
    void close();
}
