package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.StreamingState;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** The streaming model on the native engine against the arrays and error rates of its Python reference. */
final class U2NativeTest {
    private static AcousticModel open(String... dynamic) {
        return open(List.of(), List.of(dynamic));
    }

    private static AcousticModel open(List<String> fixed, List<String> dynamic) {
        Optional<QuantRecipe> recipe = fixed.isEmpty() && dynamic.isEmpty()
                ? Optional.empty()
                : Optional.of(new QuantRecipe(fixed, dynamic, ActivationObserver.HISTOGRAM, true));
        return new NativeEngine()
                .open(new ModelRequest(
                        U2Fixture.FOLDER.resolve("model/u2-digits-float.pt"),
                        recipe,
                        List.of(),
                        Optional.empty(),
                        1,
                        Progress.none()));
    }

    @ParameterizedTest
    @CsvSource({
        "test-nicolas-17, 16, -1, c16l-1",
        "test-nicolas-17, 8, 4, c8l4",
        "test-theo-04, 16, -1, c16l-1",
        "test-theo-04, 8, 4, c8l4"
    })
    void chunksOfReferenceFeaturesGiveReferenceFrames(String id, int chunk, int left, String setting) {
        float[] features = U2Fixture.reference(id + ".feats");
        float[] encoder = U2Fixture.reference(id + "." + setting + ".encoder_out");
        float[] logProbs = U2Fixture.reference(id + "." + setting + ".log_probs");
        int frames = features.length / 80;
        int offset = 0;
        try (AcousticModel model = open();
                StreamingState state = ((StreamingModel) model).open(chunk, left)) {
            for (int at = 0; at + 7 <= frames; at += 4 * chunk) {
                int count = Math.min(4 * chunk + 3, frames - at);
                EncodedFrames out = state.encode(Arrays.copyOfRange(features, at * 80, (at + count) * 80), count);
                assertClose(out.encoder(), encoder, offset * 128);
                assertClose(out.logProbs().data(), logProbs, offset * 18);
                offset += out.frames();
            }
        }
        assertThat(offset * 18).isEqualTo(logProbs.length);
    }

    private static void assertClose(float[] got, float[] all, int from) {
        for (int i = 0; i < got.length; i++) {
            assertThat((double) got[i]).as("value %d", from + i).isCloseTo(all[from + i], within(1e-4));
        }
    }

    @Test
    void theSecondPassScoresOfTheReference() {
        float[] encoder = U2Fixture.reference("test-nicolas-17.c16l-1.encoder_out");
        int[] tokens = {2, 6, 4, 5, 11, 1, 3, 6, 13, 2, 1, 10, 6, 15};
        try (AcousticModel model = open()) {
            // the shorter one must not disturb the longer one
            var scores =
                    ((StreamingModel) model).decode(List.of(new int[] {2}, tokens), encoder, encoder.length / 128, 0);
            double sum = 0;
            for (int j = 0; j <= tokens.length; j++) {
                int next = j == tokens.length ? 17 : tokens[j];
                sum += scores.leftToRight()[(scores.length() + j) * scores.vocabulary() + next];
            }
            assertThat(sum).isCloseTo(-1.081462875008583, within(1e-4));
        }
    }

    @Test
    void int8CostsAtMostThreeTenthsOfAPoint() {
        try (AcousticModel int8 = open("encoder", "decoder", "ctc")) {
            assertThat(int8.info().engine()).isEqualTo(Engine.NATIVE);
            assertThat(int8.report().orElseThrow().bytesAfter()).isLessThan(4_000_000L);
            StreamOptions options =
                    StreamOptions.builder().endpoints(EndpointRules.none()).build();
            ErrorRate rate = ErrorRate.words();
            for (var item : U2Fixture.test().items()) {
                try (TranscriptStream stream = U2Fixture.stream((StreamingModel) int8, options)) {
                    stream.accept(AudioFiles.read(item.file()).samples());
                    rate.add(item.text(), stream.finish().map(StreamEvent::text).orElse(""));
                }
            }
            assertThat(rate.percent()).isLessThanOrEqualTo(0.17 + 0.3);
        }
    }

    @Test
    void manyStreamsOnOneModelSayTheSame() {
        float[] samples = U2Fixture.samples("test-nicolas-17");
        try (AcousticModel model = open("encoder")) {
            List<CompletableFuture<String>> all = java.util.stream.IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> hear((StreamingModel) model, samples)))
                    .toList();
            all.forEach(text -> assertThat(text.join()).isEqualTo("eight five six"));
        }
    }

    private static String hear(StreamingModel model, float[] samples) {
        try (TranscriptStream stream = U2Fixture.stream(model, StreamOptions.defaults())) {
            stream.accept(samples);
            return stream.finish().map(StreamEvent::text).orElse("");
        }
    }

    @Test
    void whatItCannotDoIsSaid() {
        assertThatThrownBy(() -> open("encodder")).isInstanceOf(QuantizationException.class);
        assertThatThrownBy(() -> open(List.of("encoder"), List.of())).isInstanceOf(QuantizationException.class);
        assertThatThrownBy(() -> open(List.of("decoder"), List.of())).isInstanceOf(QuantizationException.class);
        try (AcousticModel model = open()) {
            StreamingState state = ((StreamingModel) model).open(8, 4);
            model.close();
            assertThatThrownBy(() -> state.encode(new float[35 * 80], 35)).isInstanceOf(IllegalStateException.class);
            state.close();
        }
    }
}
