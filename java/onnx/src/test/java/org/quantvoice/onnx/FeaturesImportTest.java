package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.internal.features.FeatureStream;
import org.quantvoice.internal.features.FrontEnd;

/** A file as NeMo exports it, of features and their number, whose metadata names the front end: it listens to samples here. */
final class FeaturesImportTest {
    private static final Path MODEL =
            Path.of(System.getProperty("quantvoice.root"), "java/core/src/test/resources/onnx/features-script.onnx");
    private static final FrontEnd NEMO = new FrontEnd(FrontEnd.Kind.NEMO, 16_000, 80, 400, 160, 512, 0.97, true, 1);
    private static final int TOKENS = 12;

    @TempDir
    Path folder;

    private static float[] noise(int samples) {
        Random random = new Random(samples);
        float[] noise = new float[samples];
        for (int i = 0; i < samples; i++) {
            noise[i] = (float) (0.1 * random.nextGaussian());
        }
        return noise;
    }

    /** {@code [1, bins, frames]}. */
    private static ArrayTensor features(float[] samples) {
        float[] frames = FeatureStream.of(NEMO, samples);
        int count = frames.length / NEMO.bins();
        float[] turned = new float[frames.length];
        for (int i = 0; i < frames.length; i++) {
            turned[i % NEMO.bins() * count + i / NEMO.bins()] = frames[i];
        }
        return ArrayTensor.of(turned, 1, NEMO.bins(), count);
    }

    @Test
    void aFileWithoutMetadataTakesTheFrontEndThatIsNamed() throws Exception {
        Path model = Files.write(folder.resolve("bare.onnx"), withoutMetadata(Files.readAllBytes(MODEL)));
        Path qv = folder.resolve("bare.qv");
        ModelFile.of(model).withFrontEnd("nemo").convertTo(qv, true);
        float[] noise = noise(12_345);
        ArrayTensor input = features(noise);
        try (Ort ort = new Ort(model)) {
            float[] expected = ort.floats(
                    "logits",
                    Map.of("audio_signal", input, "length", ArrayTensor.of(new long[] {input.shape()[2]}, 1)));
            assertThat(Closeness.error(logProbs(qv, noise), expected)).isLessThanOrEqualTo(1e-4);
        }
    }

    private static float[] logProbs(Path model, float[] samples) {
        try (AcousticModel opened =
                QuantSession.builder().model(model).threads(1).acousticModel()) {
            return opened.run(samples).data();
        }
    }

    /** Leaves out the fields of number 14 of the outermost message. */
    private static byte[] withoutMetadata(byte[] model) {
        ByteBuffer in = ByteBuffer.wrap(model);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            int from = in.position();
            long tag = varint(in);
            long value = varint(in);
            if ((tag & 7) == 2) {
                in.position(in.position() + (int) value);
            }
            if (tag >> 3 != 14) {
                out.write(model, from, in.position() - from);
            }
        }
        return out.toByteArray();
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    @Test
    void samplesInAsOnnxRuntimeGivesForFeatures() throws Exception {
        Path model = Files.copy(MODEL, folder.resolve("model.onnx"));
        String list = IntStream.range(0, TOKENS)
                .mapToObj(i -> (i == TOKENS - 1 ? "<blk>" : "t" + i) + " " + i)
                .collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve("tokens.txt"), list);
        try (QuantSession session =
                        QuantSession.builder().model(model).threads(1).build();
                Ort ort = new Ort(model)) {
            for (int samples : List.of(8_000, 23_456)) {
                float[] noise = noise(samples);
                ArrayTensor input = features(noise);
                float[] expected = ort.floats(
                        "logits",
                        Map.of("audio_signal", input, "length", ArrayTensor.of(new long[] {input.shape()[2]}, 1)));
                LogProbs got = session.logProbs(new Audio(noise, 16_000));
                assertThat(got.vocabulary()).isEqualTo(TOKENS);
                assertThat(Closeness.error(got.data(), expected)).isLessThanOrEqualTo(1e-4);
            }
            assertThat(session.transcribe(new Audio(noise(8_000), 16_000)).text())
                    .isNotNull();
        }
    }
}
