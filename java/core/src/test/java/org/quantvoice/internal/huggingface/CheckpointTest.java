package org.quantvoice.internal.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.huggingface.folder.FolderWeights;
import org.quantvoice.internal.huggingface.folder.ModelFolder;
import org.quantvoice.internal.huggingface.folder.StoredTensor;
import org.quantvoice.internal.reference.ReferenceInterpreter;
import org.quantvoice.source.Imports;

/** Folders whose weights are state dicts of PyTorch, which PyTorch wrote ({@code checkpoint_fixtures.py}). */
class CheckpointTest {
    private static final FixtureFolder FIXTURE = FixtureFolder.of("wav2vec2-activation-linear");
    private static final String WHOLE = "pytorch_model.bin";

    @TempDir
    Path dir;

    @BeforeEach
    void folderWithoutWeights() throws IOException {
        Files.delete(FIXTURE.write(dir).resolve("model.safetensors"));
    }

    private void put(String file, byte[] content) throws IOException {
        Files.write(dir.resolve(file), content);
    }

    private void computesWhatTransformersDoes() {
        FixtureFolder.Run run = FIXTURE.runs().get(0);
        float[] samples = FixtureFolder.waveform(run.samples());
        try (Graph graph = Imports.graph(new FolderSource(), dir)) {
            float[] values = ReferenceInterpreter.run(graph, ArrayTensor.of(samples, 1, samples.length))
                    .get(0)
                    .floats();
            int vocabulary = run.logProbs()[0].length;
            assertThat(values).hasSize(run.logProbs().length * vocabulary);
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i])
                        .isCloseTo(
                                run.logProbs()[i / vocabulary][i % vocabulary],
                                org.assertj.core.data.Offset.offset(1e-4f));
            }
        }
    }

    @Test
    void oneStateDict() throws IOException {
        put(WHOLE, FixtureFolder.checkpoint("whole"));
        computesWhatTransformersDoes();
    }

    @Test
    void severalFilesAndTheirIndex() throws IOException {
        List<String> names = new ArrayList<>(FIXTURE.shapes().keySet());
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            map.put(names.get(i), "part-" + (1 + i % 2) + ".bin");
        }
        FixtureFolder.writeJson(dir.resolve(WHOLE + ".index.json"), Map.of("weight_map", map));
        put("part-1.bin", FixtureFolder.checkpoint("part-1"));
        put("part-2.bin", FixtureFolder.checkpoint("part-2"));
        computesWhatTransformersDoes();
    }

    @ParameterizedTest
    @CsvSource({"half, 10", "bfloat16, 7"})
    void halvesAreReadAsFloats(String name, int bits) throws IOException {
        put(WHOLE, FixtureFolder.checkpoint(name));
        FolderWeights weights = FolderWeights.open(new ModelFolder(dir));
        List<String> names = FIXTURE.shapes().keySet().stream().limit(3).toList();
        for (String parameter : names) {
            long[] shape = FIXTURE.shapes().get(parameter);
            StoredTensor tensor = weights.take(parameter, shape);
            float[] values = new float[(int) tensor.size()];
            tensor.read(0, values, 0, values.length);
            float[] exact = FixtureFolder.values(parameter, shape);
            for (int i = 0; i < values.length; i++) {
                assertThat((double) values[i])
                        .as("%s[%d]", parameter, i)
                        .isCloseTo(
                                exact[i],
                                org.assertj.core.data.Offset.offset(
                                        Math.max(Math.abs(exact[i]), 1e-4) * Math.pow(2, -bits)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hostile, a pickle with posix.system",
        "nested, a value that is no tensor under a name",
        "turned, 'turned, a view with strides [1, 3]'",
        "legacy, a checkpoint in PyTorch's format before 1.6"
    })
    void whatIsNoStateDictOfTensorsIsRefused(String name, String got) throws IOException {
        put(WHOLE, FixtureFolder.checkpoint(name));
        assertThatThrownBy(() -> FolderWeights.open(new ModelFolder(dir)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(got)
                .hasMessageContaining("model.safetensors");
    }

    /** A file that is cut or has another byte is refused, or gives tensors that lie in it. */
    @Test
    void damagedFilesAreRefused() throws IOException {
        byte[] good = FixtureFolder.checkpoint("half");
        for (int end = 0; end < good.length; end += 7) {
            put(WHOLE, Arrays.copyOf(good, end));
            assertThatThrownBy(() -> FolderWeights.open(new ModelFolder(dir)))
                    .as("cut at %d", end)
                    .isInstanceOf(ModelFormatException.class);
        }
        for (int at = 0; at < good.length; at += 3) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << at % 8);
            put(WHOLE, bad);
            try {
                FolderWeights weights = FolderWeights.open(new ModelFolder(dir));
                for (String parameter : FIXTURE.shapes().keySet()) {
                    if (weights.has(parameter)) {
                        StoredTensor tensor = weights.take(parameter, weights.shape(parameter));
                        tensor.read(0, new float[(int) tensor.size()], 0, (int) tensor.size());
                    }
                }
            } catch (org.quantvoice.error.QuantVoiceException e) {
                assertThat(e.cure()).as("bit changed in byte %d", at).isNotBlank();
            }
        }
    }
}
