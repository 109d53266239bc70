package org.quantvoice.internal.qv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.exec.SmallModels;

/**
 * Damaged {@code .qv} files are refused with an exception of ours, or load and run where only weights are hit. {@code
 * -Dquantvoice.fuzz=10000} is the full number of flips of each model, and cuts at every byte.
 */
public class DamagedQvTest {
    private static final int FLIPS = Integer.getInteger("quantvoice.fuzz", 500);
    private static final boolean FULL = FLIPS >= 10_000;
    private static final int CUTS = 200;
    private static final long SEED = 20261121;
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models/digits/model/digits.qv");
    private static final Pattern NUMBER = Pattern.compile("(?<=[\\[,\":])-?[0-9]+(?=[\\],\"])");

    private static final List<String> ALL_LIES = List.of("0", "-1", "2147483647", "9223372036854775807", "4294967296");

    enum Kind {
        TRANSFORMER,
        RECURRENT;

        Graph graph() {
            return this == TRANSFORMER ? SmallModels.transformer() : SmallModels.recurrent();
        }
    }

    @TempDir
    Path folder;

    private DamagedFile damaged;

    @BeforeEach
    void prepare() {
        damaged = new DamagedFile(folder);
    }

    private byte[] sound(Kind kind) throws IOException {
        return Files.readAllBytes(SmallModels.write(kind.graph(), folder.resolve("sound.qv")));
    }

    private static int headerEnd(byte[] file) {
        return Long.BYTES
                + (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    }

    @ParameterizedTest
    @EnumSource
    void soundFilesRun(Kind kind) throws IOException {
        assertThat(damaged.runsOrRefuses(sound(kind), "sound")).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void everyCutIsRefused(Kind kind) throws IOException {
        byte[] whole = sound(kind);
        int header = headerEnd(whole);
        for (int length = 0; length < header; length += FULL || length < 100 ? 1 : 5) {
            assertRefused(Arrays.copyOf(whole, length), "cut at " + length);
        }
        for (int i = 0; i < CUTS; i++) {
            int length = header + (int) ((long) (whole.length - header) * i / CUTS);
            assertRefused(Arrays.copyOf(whole, length), "cut at " + length);
        }
    }

    private void assertRefused(byte[] content, String what) {
        assertThat(damaged.runsOrRefuses(content, what)).as(what).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void flippedBitsGiveAModelThatRunsOrAnException(Kind kind) throws IOException {
        byte[] whole = sound(kind);
        int header = headerEnd(whole);
        Random random = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] copy = whole.clone();
            // Nine of ten where the structure is.
            int bit = random.nextInt(8 * (i % 10 == 0 ? whole.length : header));
            copy[bit / 8] ^= (byte) (1 << bit % 8);
            refused += damaged.runsOrRefuses(copy, kind + " with bit " + bit + " flipped") ? 0 : 1;
        }
        assertThat(refused).isPositive();
    }

    /** Each number of the header, the graph's sizes and attributes among them, in turn. */
    @ParameterizedTest
    @EnumSource
    void everyNumberThatLiesGivesAModelThatRunsOrAnException(Kind kind) throws IOException {
        byte[] whole = sound(kind);
        int header = headerEnd(whole);
        String json = new String(whole, Long.BYTES, header - Long.BYTES, StandardCharsets.UTF_8);
        // The graph is a text within the text: its quotes are escaped.
        Matcher numbers = NUMBER.matcher(json.replace("\\\"", "\"\""));
        String flat = json.replace("\\\"", "\"\"");
        while (numbers.find()) {
            for (String lie : FULL ? ALL_LIES : List.of("0", "-1", "9223372036854775807")) {
                String changed = (flat.substring(0, numbers.start()) + lie + flat.substring(numbers.end()))
                        .replace("\"\"", "\\\"");
                damaged.runsOrRefuses(
                        with(changed, whole, header), kind + " with " + lie + " for the number at " + numbers.start());
            }
        }
    }

    private static byte[] with(String json, byte[] whole, int header) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer changed = ByteBuffer.allocate(Long.BYTES + text.length + whole.length - header)
                .order(ByteOrder.LITTLE_ENDIAN);
        changed.putLong(text.length).put(text).put(whole, header, whole.length - header);
        return changed.array();
    }

    @Test
    void theEmbeddedModelDamagedIsRefusedOrRuns() throws IOException {
        byte[] whole = Files.readAllBytes(DIGITS);
        int header = headerEnd(whole);
        Random random = new Random(SEED);
        for (int i = 0; i < Math.max(20, FLIPS / 50); i++) {
            byte[] copy = whole.clone();
            int bit = random.nextInt(8 * (i % 10 == 0 ? whole.length : header));
            copy[bit / 8] ^= (byte) (1 << bit % 8);
            damaged.runsOrRefuses(copy, "digits.qv with bit " + bit + " flipped");
        }
        for (int i = 0; i < 20; i++) {
            int length = random.nextInt(i % 2 == 0 ? header : whole.length);
            assertRefused(Arrays.copyOf(whole, length), "digits.qv cut at " + length);
        }
    }
}
