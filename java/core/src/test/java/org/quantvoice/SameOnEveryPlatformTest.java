package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;

/**
 * What does not depend on the CPU: int8 tensors, the bits of a model without attention, the words. The numbers here were
 * recorded on linux-x86_64; .ci/arm64 runs this test in an emulated linux-arm64 JVM too.
 */
@Tag("arm64")
@Tag("windows")
@Tag("musl")
class SameOnEveryPlatformTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models/digits");
    private static final int WINDOW = 40;
    private static final int WIDTH = 48;
    private static final String QUANTIZED_TENSORS = "078d39a7a2f135ff73e5559999a921ff737492880b809c6b5de4eafe69777fe5";
    private static final String OUTPUT_BITS = "ce1f2962a3e15c95f0db57c864670e67acada9cc799cc7f8234d8e8b4439556d";
    private static final String EMBEDDED_TENSORS = "2d5a12a0537967820f4847c97241c808dfccb9fe4242662d0a745204d79ddffc";

    @TempDir
    Path folder;

    /** So that a run which was to prove something of a platform or of a tier cannot pass as one of another. */
    @BeforeAll
    static void requireWhatWasAskedFor() {
        String arch = System.getProperty("quantvoice.test.arch");
        if (arch != null) {
            assertThat(System.getProperty("os.arch")).isEqualTo(arch);
        }
        String tier = System.getProperty("quantvoice.test.tier");
        if (tier != null) {
            assertThat(Kernels.tier()).isEqualTo(tier);
        }
    }

    private final Random random = new Random(20261121);

    private float[] randoms(int count, float size) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextFloat() - 0.5f) * size;
        }
        return values;
    }

    private Value linear(GraphBuilder builder, String path, Value x, int inputs, int outputs) {
        Value weight = builder.constant(
                path + ".weight", ArrayTensor.of(randoms(inputs * outputs, 0.4f), outputs, inputs), true);
        Value bias = builder.constant(path + ".bias", ArrayTensor.of(randoms(outputs, 0.2f), outputs), true);
        return builder.add(Op.LINEAR, path, Attributes.NONE, x, weight, bias);
    }

    /** Windows of samples through linear layers, GELU and a norm. */
    private Graph graph() {
        GraphBuilder builder = new GraphBuilder();
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Dim frames = wav.shape().dim(1).floorDiv(WINDOW);
        Value cut = builder.add(
                Op.SLICE, "", Attributes.of("axis", 1, "start", 0, "end", frames.times(WINDOW), "step", 1), wav);
        Value rows = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, frames, Dim.of(WINDOW))), cut);
        Value first = builder.add(Op.GELU, "", Attributes.NONE, linear(builder, "first", rows, WINDOW, WIDTH));
        Value gamma = builder.constant("norm.weight", ArrayTensor.of(randoms(WIDTH, 2), WIDTH), true);
        Value beta = builder.constant("norm.bias", ArrayTensor.of(randoms(WIDTH, 1), WIDTH), true);
        Value norm = builder.add(Op.LAYER_NORM, "norm", Attributes.of("axes", 1, "eps", 1e-5), first, gamma, beta);
        Value second = linear(builder, "second", norm, WIDTH, WIDTH);
        Value sum = builder.add(Op.ADD, "", Attributes.NONE, second, norm);
        return builder.build(List.of(linear(builder, "last", sum, WIDTH, 7)));
    }

    private static AcousticModel open(Path file, Optional<QuantRecipe> recipe, List<Audio> calibration) {
        return new NativeEngine()
                .open(new ModelRequest(file, recipe, calibration, Optional.empty(), 2, Progress.none()));
    }

    @Test
    void aModelIsQuantizedToTheSameTensorsAndGivesTheSameBits() throws Exception {
        Path floats = folder.resolve("floats.qv");
        try (QvModel model = new QvModel(graph(), Optional.empty(), Map.of())) {
            QvFile.write(model, floats);
        }
        Path quantized = folder.resolve("quantized.qv");
        Audio calibration = new Audio(randoms(16000, 2), 16000);
        QuantRecipe recipe =
                new QuantRecipe(List.of("first", "last"), List.of("second"), ActivationObserver.MIN_MAX, true);
        float[] out;
        try (AcousticModel model = open(floats, Optional.of(recipe), List.of(calibration))) {
            out = model.run(randoms(4000, 2)).data();
            model.save(quantized);
        }
        assertThat(int8Tensors(quantized)).isEqualTo(QUANTIZED_TENSORS);
        assertThat(sha256(bytes(out))).isEqualTo(OUTPUT_BITS);
    }

    @Test
    void theEmbeddedModelHasTheSameInt8Tensors() throws NoSuchAlgorithmException {
        assertThat(int8Tensors(DIGITS.resolve("model/digits.qv"))).isEqualTo(EMBEDDED_TENSORS);
    }

    /** A digest of the names, values and scales of a file's int8 tensors. */
    private static String int8Tensors(Path file) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (QvModel model = QvFile.read(file)) {
            model.graph().constants().forEach((name, constant) -> {
                if (constant.data() instanceof Int8Tensor tensor) {
                    digest.update(name.getBytes(StandardCharsets.UTF_8));
                    digest.update(tensor.values());
                    digest.update(bytes(tensor.scales()));
                }
            });
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void theEmbeddedModelHearsTheSameWords() throws IOException {
        try (QuantSession session = QuantSession.builder().threads(2).build()) {
            assertThat(session.transcribe(utterance("test-george-00")).text())
                    .isEqualTo("five one five six four three two");
            assertThat(session.transcribe(utterance("test-yweweler-08")).text())
                    .isEqualTo("zero nine eight eight three");
            float[] recorded = npy(DIGITS.resolve("ref/test-lucas-08.npy"));
            assertThat(cosine(session.logProbs(utterance("test-lucas-08")).data(), recorded))
                    .isGreaterThan(0.999);
        }
    }

    private static Audio utterance(String id) {
        return AudioFiles.read(DIGITS.resolve("test/" + id + ".flac"));
    }

    private static float[] npy(Path file) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        all.position(10 + all.getShort(8));
        float[] values = new float[all.remaining() / Float.BYTES];
        all.asFloatBuffer().get(values);
        return values;
    }

    private static double cosine(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
