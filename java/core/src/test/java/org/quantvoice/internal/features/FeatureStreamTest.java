package org.quantvoice.internal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/** Features against those of transformers' extractors, recorded by huggingface_fixtures.py (features.json). */
class FeatureStreamTest {
    private static final int MAX_BYTES = 1 << 22;

    private static JsonNode recorded() {
        try (InputStream in = FeatureStreamTest.class.getResourceAsStream("/features/transformers.json")) {
            return JsonReader.read(in, MAX_BYTES);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static float[] floats(JsonNode node) {
        List<JsonNode> items = node.items();
        float[] values = new float[items.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) items.get(i).number();
        }
        return values;
    }

    private static FrontEnd frontEnd(String name) {
        return switch (name) {
            case "kaldi" -> new FrontEnd(FrontEnd.Kind.KALDI, 16_000, 80, 400, 160, 512, 0.97, true, 2);
            case "nemo" -> new FrontEnd(FrontEnd.Kind.NEMO, 16_000, 80, 400, 160, 512, 0.97, true, 1);
            case "lasr" -> new FrontEnd(FrontEnd.Kind.LASR, 16_000, 128, 400, 160, 512, 0, false, 1);
            case "whisper-80" -> new FrontEnd(FrontEnd.Kind.WHISPER, 16_000, 80, 400, 160, 400, 0, false, 1);
            case "whisper-128" -> new FrontEnd(FrontEnd.Kind.WHISPER, 16_000, 128, 400, 160, 400, 0, false, 1);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource({"kaldi", "nemo", "lasr", "whisper-80", "whisper-128"})
    void featuresAreThoseOfTransformers(String name) {
        JsonNode root = recorded();
        float[] expected = floats(root.get(name));
        float[] ours = FeatureStream.of(frontEnd(name), floats(root.get("samples")));
        assertThat(ours).as(name).usingComparatorWithPrecision(1e-4f).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"kaldi", "nemo", "lasr", "whisper-80", "whisper-128"})
    void howTheAudioIsCutChangesNothing(String name) {
        float[] samples = floats(recorded().get("samples"));
        float[] whole = FeatureStream.of(frontEnd(name), samples);
        Random random = new Random(7);
        FeatureStream stream = new FeatureStream(frontEnd(name));
        for (int at = 0; at < samples.length; ) {
            int end = Math.min(samples.length, at + random.nextInt(700));
            stream.accept(Arrays.copyOfRange(samples, at, end));
            at = end;
        }
        assertThat(stream.finish()).containsExactly(whole);
    }

    @Test
    void samplesThatAreNoNumbersAndSettingsWithoutSenseAreRefused() {
        FeatureStream stream = new FeatureStream(frontEnd("nemo"));
        assertThatThrownBy(() -> stream.accept(new float[] {0, Float.NaN}))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("sample 1 = NaN");
        assertThatThrownBy(() -> new FrontEnd(FrontEnd.Kind.NEMO, 16_000, 80, 400, 160, 500, 0.97, true, 1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a transform of 500 points");
        assertThatThrownBy(() -> new FrontEnd(FrontEnd.Kind.KALDI, 16_000, 80, 512, 160, 512, 0.97, true, 1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("Kaldi's features of 512 samples");
        assertThatThrownBy(() -> new FrontEnd(FrontEnd.Kind.WHISPER, 16_000, 80, 400, 160, 512, 0, false, 1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a window as long as the transform");
        assertThatThrownBy(() -> new FrontEnd(FrontEnd.Kind.WHISPER, 16_000, 80, 406, 160, 406, 0, false, 1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a transform of 406 points");
    }

    @Test
    void anUtteranceShorterThanAFrameHasNone() {
        assertThat(FeatureStream.of(frontEnd("kaldi"), new float[399])).isEmpty();
        assertThat(FeatureStream.of(frontEnd("nemo"), new float[159])).isEmpty();
        assertThat(FeatureStream.of(frontEnd("whisper-80"), new float[159])).isEmpty();
        assertThat(FeatureStream.of(frontEnd("whisper-80"), new float[160]))
                .hasSize(80)
                .containsOnly(-1.5f);
        assertThat(FeatureStream.of(frontEnd("nemo"), new float[160]))
                .hasSize(80)
                .containsOnly(0f);
    }
}
