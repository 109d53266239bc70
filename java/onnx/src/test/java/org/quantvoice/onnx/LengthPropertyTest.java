package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Engine;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.TensorData;

/** Any length and batch: each row of the float model's ONNX file is what libtorch says of it alone. */
class LengthPropertyTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models", "digits");

    private static QuantSession torch;
    private static Ort ort;
    private static Path file;
    private static float[] speech;

    @BeforeContainer
    static void open() throws IOException, OrtException {
        torch = QuantSession.builder()
                .model(DIGITS.resolve("model/digits-float.pt"))
                .engine(Engine.LIBTORCH)
                .threads(1)
                .build();
        file = Files.createTempFile("lengths", ".onnx");
        torch.export().onnx(file);
        ort = new Ort(file);
        speech = AudioFiles.read(AudioCorpus.tsv(DIGITS.resolve("test/test.tsv"))
                        .items()
                        .get(7)
                        .file())
                .samples();
    }

    @AfterContainer
    static void close() throws IOException, OrtException {
        ort.close();
        torch.close();
        Files.delete(file);
    }

    @Property(tries = 12)
    void everyRowStandsAlone(
            @ForAll @IntRange(min = 400, max = 20_000) int length,
            @ForAll @IntRange(min = 1, max = 3) int rows,
            @ForAll @IntRange(max = 15_000) int from)
            throws OrtException {
        float[] all = new float[rows * length];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(speech, from + 500 * row, all, row * length, length);
        }
        TensorData out =
                ort.run(Map.of("wavs", ArrayTensor.of(all, rows, length))).get("log_probs");
        float[] got = out.floats();
        int size = got.length / rows;
        for (int row = 0; row < rows; row++) {
            float[] alone = Arrays.copyOfRange(all, row * length, (row + 1) * length);
            float[] expected = torch.logProbs(new Audio(alone, 16_000)).data();
            float[] part = Arrays.copyOfRange(got, row * size, (row + 1) * size);
            assertThat(Closeness.error(part, expected)).as("row %d", row).isLessThanOrEqualTo(5e-5);
        }
    }
}
