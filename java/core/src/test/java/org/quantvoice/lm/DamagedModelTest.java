package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;

/**
 * Damaged files of every kind give a {@link ModelFormatException} or a model that works: no other exception, no NaN, no
 * endless loop, no memory out of proportion. {@code -Dquantvoice.fuzz=N} sets the number of bit-flipped copies of each file.
 */
class DamagedModelTest {
    private static final Path FILES = ReferenceScores.VARIANTS.resolve("cases/kenlm");
    private static final int COPIES = Integer.getInteger("quantvoice.fuzz", 2000);
    private static final int FLIPS = 4;
    private static final int HEADER = 160;
    private static final long MAPPED = 0;
    private static final long UNPACKED = Long.MAX_VALUE;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "small2.arpa",
                "small5.probing.bin",
                "small5.trie.bin",
                "small5.trie_a255.bin",
                "small5.trie_q4b3.bin",
                "small6.trie_q7b2_a4.bin"
            })
    void flippedBits(String kind) throws IOException {
        byte[] sound = Files.readAllBytes(FILES.resolve(kind));
        int refused = 0;
        for (int seed = 0; seed < COPIES; seed++) {
            Random random = new Random(seed);
            byte[] copy = sound.clone();
            // Half of them near the beginning, where the lengths are.
            int within = seed % 2 == 0 ? copy.length : Math.min(copy.length, HEADER + 64);
            for (int i = random.nextInt(FLIPS) + 1; i > 0; i--) {
                copy[random.nextInt(within)] ^= (byte) (1 << random.nextInt(8));
            }
            refused +=
                    DamagedModel.opensOrRefuses(copy, kind, seed % 3 == 0 ? UNPACKED : MAPPED, "seed " + seed) ? 0 : 1;
        }
        assertThat(refused).as("refused copies of " + kind).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "small2.arpa",
                "small5.probing.bin",
                "small2.probing_nowords.bin",
                "small5.trie_a255.bin",
                "small2.trie_nowords.bin",
                "small5.trie_q4b3.bin"
            })
    void everyCutIsRefused(String kind) throws IOException {
        byte[] sound = Files.readAllBytes(FILES.resolve(kind));
        int step = Math.max(1, sound.length / 400);
        // The last line of text may lack its end of line.
        int last = sound.length - (kind.endsWith(".arpa") ? 2 : 1);
        for (int length = 0; length <= last; length += length < 200 || length > last - 200 ? 1 : step) {
            int cut = length;
            byte[] damaged = Arrays.copyOf(sound, cut);
            assertThatThrownBy(() -> LanguageModelFile.open(kind, damaged, MAPPED))
                    .as("the first %d bytes of %s", cut, kind)
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "small5.probing.bin",
                "small5.trie.bin",
                "small5.trie_a3.bin",
                "small5.trie_q4b3.bin",
                "small6.trie_q7b2_a4.bin"
            })
    void everyFieldOfTheHeadLies(String kind) throws IOException {
        byte[] sound = Files.readAllBytes(FILES.resolve(kind));
        long[] lies = {0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40};
        for (int at = 56; at < HEADER; at++) {
            for (long lie : lies) {
                for (int width : at % 4 == 0 ? new int[] {1, 4, 8} : new int[] {1}) {
                    byte[] copy = sound.clone();
                    ByteBuffer view = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
                    switch (width) {
                        case 1 -> view.put(at, (byte) lie);
                        case 4 -> view.putInt(at, (int) lie);
                        default -> view.putLong(at, lie);
                    }
                    DamagedModel.opensOrRefuses(
                            copy, kind, at % 2 == 0 ? UNPACKED : MAPPED, width + " bytes of " + lie + " at byte " + at);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small5.probing.bin", "small5.trie.bin", "small5.trie_a255.bin", "small5.trie_q4b3.bin"})
    void everyCountThatLiesIsRefusedWithItsByte(String kind) throws IOException {
        byte[] sound = Files.readAllBytes(FILES.resolve(kind));
        for (int order = 1; order <= 5; order++) {
            int at = KenlmHeader.COUNTS_AT + 8 * (order - 1);
            for (long lie : new long[] {0, -1, Integer.MAX_VALUE, 0xffffffffL, Long.MAX_VALUE, Long.MIN_VALUE}) {
                byte[] copy = sound.clone();
                ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(at, lie);
                byte[] damaged = copy;
                assertThatThrownBy(() -> LanguageModelFile.open(kind, damaged, MAPPED))
                        .as("%d %d-grams in %s", lie, order, kind)
                        .isInstanceOf(ModelFormatException.class)
                        .hasMessageMatching("(?s).* at byte \\d+ of .*");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"format version 4", "format version 6", "format version 55", "incomplete\n"})
    void otherVersionsAreNamed(String version) throws IOException {
        byte[] copy = Files.readAllBytes(FILES.resolve("small2.trie.bin"));
        byte[] head = ("mmap lm http://kheafield.com/code " + version + "\n").getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(head, 0, copy, 0, head.length);
        assertThatThrownBy(() -> LanguageModelFile.open("lm.bin", copy, MAPPED))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(version.startsWith("inc") ? "did not finish" : version);
    }
}
