package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LmOptions;

/** In its steady state a stream allocates nothing for a frame. */
class AllocationTest {
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("|", "a", "<blank>", "b"), 2, OptionalInt.of(0), false);
    private static final int BLOCK = 1_000;

    /** Bytes a frame: ties at the edge of the beam are sorted in arrays of their own, and collections are not free. */
    private static final double MOST = 8;

    @Test
    void aFrameCostsNoMemory() {
        LmOptions words = LmOptions.of(Bigrams.model(Bigrams.WORDS)).build();
        Lexicon lexicon = Lexicon.ofWords(List.of("a", "ab", "bab"));
        List<BeamOptions> all = List.of(
                BeamOptions.defaults(),
                BeamOptions.builder().lm(words).hotwords(Hotwords.of("ab a")).build(),
                BeamOptions.builder()
                        .lm(words)
                        .lexicon(lexicon)
                        .pruneHistory(true)
                        .build());
        for (BeamOptions options : all) {
            double bytes = bytesAFrame(PrefixBeam.with(LETTERS, options).begin());
            assertThat(bytes).as("%s", options).isLessThan(MOST);
        }
        assertThat(bytesAFrame(GreedyDecoder.with(LETTERS).begin())).isLessThan(MOST);
    }

    private static double bytesAFrame(DecoderStream stream) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        LogProbs block = BruteForce.random(new Random(9), BLOCK, LETTERS.size(), 9, false);
        long bytes = 0;
        int blocks = 25;
        for (int k = 0; k < 2 * blocks; k++) {
            long before = threads.getThreadAllocatedBytes(thread);
            stream.accept(block);
            bytes += k < blocks ? 0 : threads.getThreadAllocatedBytes(thread) - before;
            stream.takeCommitted();
        }
        return bytes / (double) (blocks * BLOCK);
    }
}
