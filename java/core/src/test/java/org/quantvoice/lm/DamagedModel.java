package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.management.ManagementFactory;
import java.util.Random;
import org.quantvoice.error.ModelFormatException;

/** Opens and uses a language model of damaged bytes, and judges what comes of it. */
final class DamagedModel {
    private static final int WORDS = 200;
    /** Buffers and tables of any model, and what a fuzzer's hooks take. */
    private static final long FIXED = 16_000_000;

    private static final int EACH_BYTE = 30;
    /** Of deflate: no byte becomes more. */
    private static final int MOST_PACKED = 1032;

    private DamagedModel() {}

    /**
     * Fails on any exception but {@link ModelFormatException}, on a score that is not a number, and if more memory is
     * allocated than the bytes account for.
     *
     * @param what names the damage in a failure's message
     * @return whether the bytes gave a model
     */
    static boolean opensOrRefuses(byte[] damaged, String kind, long tableBytes, String what) {
        long bound = EACH_BYTE * unpackedSize(damaged) + FIXED;
        long before = allocated();
        boolean opened = opens(damaged, kind, tableBytes, what);
        if (allocated() - before > bound) {
            // Classes loaded on the way count too: a second time they are there.
            before = allocated();
            opens(damaged, kind, tableBytes, what);
            assertThat(allocated() - before)
                    .as("bytes allocated for %d bytes of %s, %s", damaged.length, kind, what)
                    .isLessThanOrEqualTo(bound);
        }
        return opened;
    }

    private static boolean opens(byte[] damaged, String kind, long tableBytes, String what) {
        try (LanguageModel model = LanguageModelFile.open(kind, damaged, tableBytes)) {
            use(model);
            return true;
        } catch (ModelFormatException e) {
            return false;
        } catch (RuntimeException | Error e) {
            return fail(kind + ", " + what, e);
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static long unpackedSize(byte[] content) {
        boolean packed = content.length > 1 && content[0] == 0x1f && content[1] == (byte) 0x8b;
        return packed ? (long) MOST_PACKED * content.length : content.length;
    }

    private static void use(LanguageModel model) {
        LmState state = new LmState();
        LmState next = new LmState();
        model.beginState(state);
        Random random = new Random(1);
        for (int i = 0; i < WORDS; i++) {
            float score = model.score(state, random.nextInt(model.size()), next);
            assertThat(score).isNotNaN();
            state.copyFrom(next);
        }
        int id = random.nextInt(model.size());
        if (model.hasSpellings()) {
            model.wordId(model.word(id));
        }
        model.wordId("shu");
    }
}
