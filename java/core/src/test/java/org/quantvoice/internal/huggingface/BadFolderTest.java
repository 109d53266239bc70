package org.quantvoice.internal.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.reference.ReferenceInterpreter;
import org.quantvoice.source.Imports;

/** Folders that are not whole, or say what is not known here. */
class BadFolderTest {
    private static final String WEIGHTS = "model.safetensors";

    @TempDir
    Path folder;

    private final FixtureFolder fixture = FixtureFolder.of("wav2vec2-base");
    private final Map<String, long[]> shapes = fixture.shapes();

    @BeforeEach
    void write() {
        fixture.write(folder);
    }

    private void read() {
        Imports.graph(new FolderSource(), folder).close();
    }

    private void config(String key, Object value) {
        Map<String, Object> config = fixture.file("config.json");
        config.put(key, value);
        FixtureFolder.writeJson(folder.resolve("config.json"), config);
    }

    private void weights() {
        FixtureFolder.writeWeights(folder.resolve(WEIGHTS), shapes, "F32");
    }

    private static void replace(Path file, String old, String by) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(old);
        assertThat(by).hasSameSizeAs(old);
        Files.write(file, text.replace(old, by).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void withoutWeights() throws IOException {
        Files.delete(folder.resolve(WEIGHTS));
        assertThatThrownBy(this::read).isInstanceOf(ModelFormatException.class).hasMessageContaining("without weights");
    }

    @Test
    void withoutTheFeatureExtractor() throws IOException {
        Files.delete(folder.resolve("preprocessor_config.json"));
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("without preprocessor_config.json")
                .hasMessageContaining("do_normalize");
    }

    @Test
    void aModelTypeThatIsNotKnownNamesTheNearest() {
        config("model_type", "wav2vec3");
        assertThatThrownBy(this::read)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("model_type 'wav2vec3'")
                .hasMessageContaining("the nearest are [wav2vec2");
    }

    @Test
    void aSettingThatIsNotKnownIsRefused() {
        config("use_another_attention", true);
        assertThatThrownBy(this::read)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("use_another_attention");
    }

    @Test
    void anActivationThatIsNotKnownIsRefused() {
        config("hidden_act", "xielu");
        assertThatThrownBy(this::read)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("the activation 'xielu'");
    }

    @Test
    void aModelWithoutAHeadIsNoRecognizer() {
        config("architectures", List.of("Wav2Vec2ForPreTraining"));
        assertThatThrownBy(this::read)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("Wav2Vec2ForPreTraining");
    }

    @Test
    void aSettingOfAnotherTypeNamesItsPlace() {
        config("hidden_size", "large");
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("hidden_size");
    }

    @Test
    void aParameterIsMissing() {
        shapes.remove("lm_head.bias");
        weights();
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("without the parameter lm_head.bias");
    }

    @Test
    void aParameterOfAnotherShape() {
        shapes.put("lm_head.weight", new long[] {9, 24});
        weights();
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("lm_head.weight of float[9, 24]")
                .hasMessageContaining("float[8, 24]");
    }

    @Test
    void aParameterTooMany() {
        shapes.put("wav2vec2.encoder.layers.2.attention.k_proj.bias", new long[] {24});
        weights();
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no place for: [wav2vec2.encoder.layers.2.attention.k_proj.bias]");
    }

    @Test
    void whatOnlyTrainingUsesMayBeThere() {
        shapes.put("wav2vec2.masked_spec_embed", new long[] {24});
        shapes.put("quantizer.codevectors", new long[] {1, 640, 128});
        weights();
        read();
    }

    @Test
    void weightsOfAnotherTypeAreRefused() throws IOException {
        replace(folder.resolve(WEIGHTS), "{\"dtype\":\"F32\",\"shape\":[8]", "{\"dtype\":\"I32\",\"shape\":[8]");
        assertThatThrownBy(this::read).isInstanceOf(ModelFormatException.class).hasMessageContaining("of int[8]");
        replace(folder.resolve(WEIGHTS), "{\"dtype\":\"I32\",\"shape\":[8]", "{\"dtype\":\"U64\",\"shape\":[8]");
        assertThatThrownBy(this::read).isInstanceOf(ModelFormatException.class).hasMessageContaining("type U64");
    }

    @Test
    void tensorsThatShareBytesAreRefused() throws IOException {
        replace(folder.resolve(WEIGHTS), "\"data_offsets\":[32,800]", "\"data_offsets\":[30,798]");
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("lm_head.bias and lm_head.weight that share bytes");
    }

    @Test
    void offsetsBehindTheEndAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve(WEIGHTS));
        Files.write(folder.resolve(WEIGHTS), java.util.Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(this::read).isInstanceOf(ModelFormatException.class).hasMessageContaining(WEIGHTS);
    }

    @Test
    void weightsInShardsAreReadFromAllOfThem() {
        Map<String, long[]> first = new LinkedHashMap<>();
        Map<String, long[]> second = new LinkedHashMap<>();
        Map<String, Object> index = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            boolean even = index.size() % 2 == 0;
            (even ? first : second).put(name, shape);
            index.put(name, even ? "model-1.safetensors" : "model-2.safetensors");
        });
        shard(first, second, index);
        FixtureFolder.Run run = fixture.runs().get(0);
        try (Graph graph = Imports.graph(new FolderSource(), folder)) {
            float[] wave = FixtureFolder.waveform(run.samples());
            float[] values = ReferenceInterpreter.run(graph, ArrayTensor.of(wave, 1, wave.length))
                    .get(0)
                    .floats();
            assertThat(values[5]).isCloseTo(run.logProbs()[0][5], org.assertj.core.api.Assertions.within(1e-4f));
        }
        index.put("lm_head.bias", "../elsewhere.safetensors");
        shard(first, second, index);
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("'../elsewhere.safetensors'");
        index.put("lm_head.bias", "model-3.safetensors");
        shard(first, second, index);
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("without the shard model-3.safetensors");
        index.put("lm_head.bias", "model-2.safetensors");
        shard(first, second, index);
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model-2.safetensors without lm_head.bias");
    }

    private void shard(Map<String, long[]> first, Map<String, long[]> second, Map<String, Object> index) {
        folder.resolve(WEIGHTS).toFile().delete();
        FixtureFolder.writeWeights(folder.resolve("model-1.safetensors"), first, "F32");
        FixtureFolder.writeWeights(folder.resolve("model-2.safetensors"), second, "F32");
        FixtureFolder.writeJson(folder.resolve(WEIGHTS + ".index.json"), Map.of("weight_map", index));
    }

    @Test
    void halfWeightsAreNearTheWholeOnes() {
        FixtureFolder.writeWeights(folder.resolve(WEIGHTS), shapes, "BF16");
        FixtureFolder.Run run = fixture.runs().get(0);
        try (Graph graph = Imports.graph(new FolderSource(), folder)) {
            float[] wave = FixtureFolder.waveform(run.samples());
            float[] values = ReferenceInterpreter.run(graph, ArrayTensor.of(wave, 1, wave.length))
                    .get(0)
                    .floats();
            assertThat(values[5]).isCloseTo(run.logProbs()[0][5], org.assertj.core.api.Assertions.within(0.05f));
        }
    }

    @Test
    void aLanguageHasItsOwnAdapterAndHead() {
        FixtureFolder many = FixtureFolder.of("wav2vec2-language-adapter");
        many.write(folder);
        Map<String, long[]> own = new LinkedHashMap<>();
        many.shapes().forEach((name, shape) -> {
            if (name.contains("adapter_layer")) {
                own.put(name, shape);
            }
        });
        own.put("lm_head.weight", new long[] {5, 24});
        own.put("lm_head.bias", new long[] {5});
        FixtureFolder.writeWeights(folder.resolve("adapter.deu.safetensors"), own, "F32");
        try (Graph graph = Imports.graph(new FolderSource(), folder.resolve("adapter.deu.safetensors"))) {
            assertThat(graph.outputs().get(0).shape().dim(-1).is(5)).isTrue();
        }
        try (Graph graph = Imports.graph(new FolderSource(), folder)) {
            assertThat(graph.outputs().get(0).shape().dim(-1).is(8)).isTrue();
        }
    }

    @Test
    void aFolderThatIsNoModel() {
        assertThat(new FolderSource().reads(folder.resolve("nowhere"))).isFalse();
        assertThat(new FolderSource().reads(folder)).isTrue();
        assertThat(new FolderSource().reads(folder.resolve(WEIGHTS))).isFalse();
    }
}
