package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.npy.NpyFiles;
import org.quantvoice.quant.ActivationObserver;

/** The streaming model's three ONNX files in ONNX Runtime, chunk by chunk, against the arrays of its Python reference. */
final class U2OnnxTest {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    private static final Path U2 = ROOT.resolve("models/u2-digits");
    private static final Path DIGITS = ROOT.resolve("models/digits");
    private static final int[] WORDS = {2, 6, 4, 5, 11, 1, 3, 6, 13, 2, 1, 10, 6, 15};
    private static final double FLOAT_LIMIT = 1e-5;

    @TempDir
    static Path floats;

    @TempDir
    Path folder;

    @BeforeAll
    static void exportFloats() {
        export(floats);
    }

    private static QuantSessionBuilder model() {
        return QuantSession.builder().model("u2-digits").engine(Engine.NATIVE).threads(1);
    }

    private static float[] reference(String name) {
        return NpyFiles.read(U2.resolve("reference/" + name + ".npy")).data();
    }

    /** The model with these modules in dynamic int8; a float one without names. */
    private static QuantSessionBuilder dynamic(String... modules) {
        return modules.length == 0
                ? model()
                : model().quantize(Quantization.recipe().dynamicInt8(modules).build());
    }

    private static List<Path> export(Path folder, String... dynamic) {
        try (QuantSession session = dynamic(dynamic).build()) {
            return session.export().onnxParts(folder, ExportPrecision.AS_IS);
        }
    }

    /** The caches of a stream, and what came out last. */
    private static final class Stream {
        private final Ort encoder;
        private final long kept;
        private long offset;
        private TensorData attention = ArrayTensor.of(new float[0], 6, 4, 0, 64);
        private TensorData convolution = ArrayTensor.of(new float[6 * 128 * 14], 6, 1, 128, 14);

        Stream(Ort encoder, int chunk, int left) {
            this.encoder = encoder;
            this.kept = (long) chunk * left;
        }

        TensorData encode(float[] features) throws OrtException {
            Map<String, TensorData> out = encoder.run(Map.of(
                    "chunk", ArrayTensor.of(features, 1, features.length / 80, 80),
                    "offset", ArrayTensor.of(new long[] {offset}),
                    "required_cache_size", ArrayTensor.of(new long[] {kept}),
                    "att_cache", attention,
                    "cnn_cache", convolution));
            attention = out.get("r_att_cache");
            convolution = out.get("r_cnn_cache");
            offset += out.get("output").shape()[1];
            return out.get("output");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "test-nicolas-17, 16, -1, c16l-1",
        "test-nicolas-17, 8, 4, c8l4",
        "test-theo-04, 16, -1, c16l-1",
        "test-theo-04, 8, 4, c8l4"
    })
    void floatChunksGiveTheReference(String id, int chunk, int left, String setting) throws OrtException {
        try (Ort encoder = new Ort(floats.resolve("encoder.onnx"));
                Ort ctc = new Ort(floats.resolve("ctc.onnx"))) {
            compare(encoder, ctc, id, chunk, left, setting, FLOAT_LIMIT);
        }
    }

    private static void compare(Ort encoder, Ort ctc, String id, int chunk, int left, String setting, double limit)
            throws OrtException {
        float[] features = reference(id + ".feats");
        float[] expected = reference(id + "." + setting + ".encoder_out");
        float[] logProbs = reference(id + "." + setting + ".log_probs");
        Stream stream = new Stream(encoder, chunk, left);
        int frames = features.length / 80;
        int given = 0;
        double worst = 0;
        for (int at = 0; at + 7 <= frames; at += 4 * chunk) {
            int count = Math.min(4 * chunk + 3, frames - at);
            TensorData out = stream.encode(Arrays.copyOfRange(features, at * 80, (at + count) * 80));
            worst = Math.max(worst, Closeness.error(out.floats(), expected, given * 128));
            worst = Math.max(worst, Closeness.error(ctc.floats("probs", Map.of("hidden", out)), logProbs, given * 18));
            given += (int) out.shape()[1];
            int cached = left < 0 ? given : Math.min(given, chunk * left);
            assertThat(stream.attention.shape()).containsExactly(6, 4, cached, 64);
        }
        assertThat(given * 18).isEqualTo(logProbs.length);
        if (setting.equals("c8l4") && id.equals("test-nicolas-17")) {
            worst = Math.max(worst, Closeness.error(stream.attention.floats(), reference(id + ".c8l4.att_cache"), 0));
            worst = Math.max(worst, Closeness.error(stream.convolution.floats(), reference(id + ".c8l4.cnn_cache"), 0));
        }
        assertThat(worst).isLessThanOrEqualTo(limit);
    }

    @Test
    void int8ChunksStayNearTheReference() throws OrtException {
        List<Path> files = export(folder, "encoder", "ctc", "decoder");
        assertThat(files.get(0).toFile().length()).isLessThan(3_000_000);
        try (Ort encoder = new Ort(files.get(0));
                Ort ctc = new Ort(files.get(1));
                Ort decoder = new Ort(files.get(2))) {
            compare(encoder, ctc, "test-theo-04", 8, 4, "c8l4", int8Limit(0.1));
            assertThat(score(decoder)).isCloseTo(-1.08, org.assertj.core.data.Offset.offset(0.2));
        }
    }

    /** Ranges come from five recordings, so the limit is twice that of dynamic ones. */
    @Test
    void staticInt8ChunksStayNearTheReference() throws OrtException {
        Path stored = folder.resolve("static.qv");
        AudioCorpus speech = AudioCorpus.tsv(DIGITS.resolve("calib/calib.tsv")).limit(5);
        QuantSessionBuilder builder = model().quantize(Quantization.recipe()
                .staticInt8("encoder")
                .dynamicInt8("ctc", "decoder")
                .calibrateOn(speech)
                .observer(ActivationObserver.MIN_MAX)
                .build());
        List<Path> files;
        try (QuantSession session = builder.build()) {
            files = session.export().onnxParts(folder.resolve("static"), ExportPrecision.AS_IS);
            session.save(stored);
        }
        runsNearTheReference(files);
        assertThat(files.get(0)).content(StandardCharsets.ISO_8859_1).contains("DequantizeLinear");
        exportsTheSame(stored, folder.resolve("again"), files);
    }

    @Test
    void filesOfQvFilesAreThoseOfTheModelThatWasStored() throws OrtException {
        Path stored = folder.resolve("dynamic.qv");
        List<Path> files;
        try (QuantSession session = dynamic("encoder").build()) {
            files = session.export().onnxParts(folder.resolve("dynamic"), ExportPrecision.AS_IS);
            session.save(stored);
        }
        exportsTheSame(stored, folder.resolve("again"), files);
    }

    private static void runsNearTheReference(List<Path> files) throws OrtException {
        try (Ort encoder = new Ort(files.get(0));
                Ort ctc = new Ort(files.get(1))) {
            compare(encoder, ctc, "test-theo-04", 8, 4, "c8l4", int8Limit(0.2));
        }
    }

    /**
     * Returns the limit for ONNX Runtime's int8. On CPUs of x86 without VNNI its sums of two products saturate at 16 bits.
     */
    private static double int8Limit(double exact) {
        List<String> tiers = Kernels.supportedTiers();
        boolean saturates = tiers.contains("avx2") && tiers.stream().noneMatch(tier -> tier.contains("vnni"));
        return saturates ? 2 * exact + 0.1 : exact;
    }

    /** The same outputs, bit for bit. */
    private static void exportsTheSame(Path stored, Path folder, List<Path> files) throws OrtException {
        List<Path> again;
        try (QuantSession session = QuantSession.builder()
                .model(stored)
                .vocabulary(U2.resolve("model/tokens.json"))
                .engine(Engine.NATIVE)
                .threads(1)
                .build()) {
            again = session.export().onnxParts(folder, ExportPrecision.AS_IS);
        }
        assertThat(again)
                .extracting(Path::getFileName)
                .isEqualTo(files.stream().map(Path::getFileName).toList());
        float[] features = Arrays.copyOf(reference("test-theo-04.feats"), 35 * 80);
        try (Ort first = new Ort(files.get(0));
                Ort second = new Ort(again.get(0))) {
            assertThat(new Stream(second, 8, 4).encode(features).floats())
                    .isEqualTo(new Stream(first, 8, 4).encode(features).floats());
        }
    }

    @Test
    void theDecoderScoresAsTheReference() throws OrtException {
        try (Ort decoder = new Ort(floats.resolve("decoder.onnx"))) {
            assertThat(score(decoder)).isCloseTo(-1.081462875008583, org.assertj.core.data.Offset.offset(1e-4));
        }
    }

    /** Of the second hypothesis; the shorter first one must not disturb it. */
    private static double score(Ort decoder) throws OrtException {
        float[] memory = reference("test-nicolas-17.c16l-1.encoder_out");
        int length = WORDS.length + 1;
        long[] tokens = new long[2 * length];
        tokens[0] = 17;
        tokens[1] = 2;
        tokens[length] = 17;
        for (int i = 0; i < WORDS.length; i++) {
            tokens[length + 1 + i] = WORDS[i];
        }
        float[] scores = decoder.floats(
                "score",
                Map.of(
                        "hyps", ArrayTensor.of(tokens, 2, length),
                        "hyps_lens", ArrayTensor.of(new long[] {2, length}, 2),
                        "encoder_out", ArrayTensor.of(memory, 1, memory.length / 128, 128)));
        double sum = 0;
        for (int i = 0; i <= WORDS.length; i++) {
            int next = i == WORDS.length ? 17 : WORDS[i];
            sum += scores[(length + i) * 18 + next];
        }
        return sum;
    }

    @Test
    void theFilesSayWhatTheyAre() throws OrtException {
        assertThat(floats.toFile().list()).containsExactlyInAnyOrder("encoder.onnx", "ctc.onnx", "decoder.onnx");
        try (Ort encoder = new Ort(floats.resolve("encoder.onnx"))) {
            assertThat(encoder.inputs())
                    .containsExactlyInAnyOrder("chunk", "offset", "required_cache_size", "att_cache", "cnn_cache");
            assertThat(encoder.metadata())
                    .containsEntry("subsampling_rate", "4")
                    .containsEntry("right_context", "6")
                    .containsEntry("num_blocks", "6")
                    .containsEntry("head", "4")
                    .containsEntry("cnn_module_kernel", "15")
                    .containsEntry("eos_symbol", "17");
        }
    }

    /** A small model of random weights, of which the torch module has the recorded results. */
    @Test
    void theReverseDecoderIsAFileOfItsOwn() throws OrtException, IOException {
        Path both = ROOT.resolve("java/torch/src/test/resources/u2-bidirectional");
        try (QuantSession session = QuantSession.builder()
                .model(both.resolve("model.pt"))
                .vocabulary(U2.resolve("model/tokens.json"))
                .engine(Engine.NATIVE)
                .threads(1)
                .build()) {
            assertThat(session.export().onnxParts(folder, ExportPrecision.AS_IS))
                    .extracting(file -> file.getFileName().toString())
                    .containsExactly("encoder.onnx", "ctc.onnx", "decoder.onnx", "decoder_reverse.onnx");
        }
        float[] memory = NpyFiles.read(both.resolve("encoder.npy")).data();
        int[][] hypotheses = hypotheses(JsonReader.parse(Files.readString(both.resolve("expected.json"))));
        int length = 1 + Arrays.stream(hypotheses).mapToInt(h -> h.length).max().orElseThrow();
        long[] tokens = new long[hypotheses.length * length];
        long[] lengths = new long[hypotheses.length];
        for (int i = 0; i < hypotheses.length; i++) {
            tokens[i * length] = 17;
            for (int j = 0; j < hypotheses[i].length; j++) {
                tokens[i * length + 1 + j] = hypotheses[i][j];
            }
            lengths[i] = hypotheses[i].length + 1;
        }
        Map<String, TensorData> inputs = Map.of(
                "hyps", ArrayTensor.of(tokens, hypotheses.length, length),
                "hyps_lens", ArrayTensor.of(lengths, hypotheses.length),
                "encoder_out", ArrayTensor.of(memory, 1, memory.length / 32, 32));
        try (Ort forward = new Ort(folder.resolve("decoder.onnx"));
                Ort reverse = new Ort(folder.resolve("decoder_reverse.onnx"))) {
            assertThat(forward.metadata()).containsEntry("is_bidirectional_decoder", "1");
            assertRows(forward.floats("score", inputs), both.resolve("left.npy"), lengths, length);
            assertRows(reverse.floats("r_score", inputs), both.resolve("right.npy"), lengths, length);
        }
    }

    private static int[][] hypotheses(JsonNode expected) {
        return expected.get("hyps").items().stream()
                .map(h ->
                        h.items().stream().mapToInt(t -> (int) t.integer(0, 17)).toArray())
                .toArray(int[][]::new);
    }

    private static void assertRows(float[] got, Path expected, long[] lengths, int length) {
        float[] wanted = NpyFiles.read(expected).data();
        for (int i = 0; i < lengths.length; i++) {
            int from = i * length * 18;
            float[] row = Arrays.copyOfRange(got, from, from + (int) lengths[i] * 18);
            assertThat(Closeness.error(row, wanted, from))
                    .as("hypothesis %d", i)
                    .isLessThanOrEqualTo(FLOAT_LIMIT);
        }
    }

    /** For runtimes without empty inputs: one frame of any numbers in front of the cache, which offset counts. */
    @ParameterizedTest
    @CsvSource({"test-nicolas-17, 16, -1, c16l-1", "test-theo-04, 8, 4, c8l4"})
    void aDummyFrameTakesNoPart(String id, int chunk, int left, String setting) throws OrtException {
        try (QuantSession session = model().build()) {
            session.export().onnxPartsWithDummyCache(folder, ExportPrecision.AS_IS);
        }
        float[] features = reference(id + ".feats");
        float[] expected = reference(id + "." + setting + ".encoder_out");
        float[] dummy = new float[6 * 4 * 64];
        Arrays.fill(dummy, 7);
        try (Ort encoder = new Ort(folder.resolve("encoder.onnx"))) {
            assertThat(encoder.metadata()).containsEntry("dummy_frames", "1");
            Stream stream = new Stream(encoder, chunk, left);
            stream.attention = ArrayTensor.of(dummy, 6, 4, 1, 64);
            stream.offset = 1;
            int given = 0;
            for (int at = 0; at + 7 <= features.length / 80; at += 4 * chunk) {
                int end = Math.min(at + 4 * chunk + 3, features.length / 80);
                TensorData out = stream.encode(Arrays.copyOfRange(features, at * 80, end * 80));
                assertThat(Closeness.error(out.floats(), expected, given * 128)).isLessThanOrEqualTo(FLOAT_LIMIT);
                given += (int) out.shape()[1];
                int cached = left < 0 ? given : Math.min(given, chunk * left);
                assertThat(stream.attention.shape()).containsExactly(6, 4, cached + 1, 64);
                assertThat(stream.attention.floats()[63]).isEqualTo(7);
            }
            assertThat(given * 128).isEqualTo(expected.length);
        }
    }

    @Test
    void aDummyFrameNeedsACache() {
        try (QuantSession session =
                QuantSession.builder().model("digits").engine(Engine.NATIVE).build()) {
            assertThatThrownBy(() -> session.export().onnxPartsWithDummyCache(folder, ExportPrecision.AS_IS))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("without caches");
        }
    }

    @Test
    void oneFileIsRefused() {
        try (QuantSession session = model().build()) {
            assertThatThrownBy(() -> session.export().onnx(folder.resolve("u2.onnx")))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("onnxParts");
            assertThat(folder).isEmptyDirectory();
        }
    }
}
