package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.decode.Word;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/**
 * The same words and log-probabilities however the audio is cut: sample by sample, in pieces of 3 s, and in pieces of random
 * sizes that change from push to push. Native int8: 20 utterances x 200 cuts with {@code -Dquantvoice.sweep=true}, x 30 by
 * default; libtorch: x 20, and 4 x 8.
 */
final class U2CutInvarianceTest {
    private static final boolean SWEEP = Boolean.getBoolean("quantvoice.sweep");
    private static final int LONGEST = 3 * U2Fixture.SAMPLE_RATE;

    private record Heard(List<StreamEvent.Final> finals, List<List<Word>> committed, float[] logProbs) {}

    private static int utterances(Engine engine) {
        return SWEEP || engine.equals(Engine.NATIVE) ? 20 : 4;
    }

    private static int cuts(Engine engine) {
        if (engine.equals(Engine.NATIVE)) {
            return SWEEP ? 200 : 30;
        }
        return SWEEP ? 20 : 8;
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void pushSizesChangeNothing(Engine engine) {
        try (AcousticModel opened = engine.equals(Engine.LIBTORCH) ? U2Fixture.open() : int8()) {
            StreamingModel model = (StreamingModel) opened;
            for (int u = 0; u < utterances(engine); u++) {
                var item = U2Fixture.test().items().get(6 * u);
                float[] samples = AudioFiles.read(item.file()).samples();
                Heard whole = hear(model, samples, () -> samples.length);
                assertSame(item.id() + " in pieces of 1", hear(model, samples, () -> 1), whole);
                assertSame(item.id() + " in pieces of 3 s", hear(model, samples, () -> LONGEST), whole);
                for (int i = 2; i < cuts(engine); i++) {
                    int seed = 1_000 * u + i;
                    assertSame(item.id() + " with seed " + seed, hear(model, samples, mixed(seed)), whole);
                }
            }
        }
    }

    private static void assertSame(String what, Heard cut, Heard whole) {
        assertThat(cut.finals()).as(what).isEqualTo(whole.finals());
        assertThat(cut.committed()).as(what + ", committed words").isEqualTo(whole.committed());
        assertThat(Arrays.equals(cut.logProbs(), whole.logProbs()))
                .as(what + ", log-probs")
                .isTrue();
    }

    /** Sizes from 1 sample to at most 3 s, each order of magnitude alike; in some runs all are small. */
    private static IntSupplier mixed(int seed) {
        Random random = new Random(seed);
        int largest = 1 + logarithmic(random, LONGEST - 1);
        return () -> logarithmic(random, largest);
    }

    private static int logarithmic(Random random, int largest) {
        return (int) Math.min(largest, Math.ceil(Math.exp(random.nextDouble() * Math.log(largest))));
    }

    private static AcousticModel int8() {
        QuantRecipe recipe =
                new QuantRecipe(List.of(), List.of("encoder", "ctc", "decoder"), ActivationObserver.HISTOGRAM, true);
        return new NativeEngine()
                .open(new ModelRequest(
                        U2Fixture.FOLDER.resolve("model/u2-digits-float.pt"),
                        Optional.of(recipe),
                        List.of(),
                        Optional.empty(),
                        1,
                        Progress.none()));
    }

    private static Heard hear(StreamingModel model, float[] samples, IntSupplier sizes) {
        U2Fixture.Recorder recorder = U2Fixture.Recorder.of(model);
        List<StreamEvent.Final> finals = new ArrayList<>();
        List<List<Word>> committed = new ArrayList<>();
        try (TranscriptStream stream = U2Fixture.stream(recorder, StreamOptions.defaults())) {
            stream.onEvent(event -> {
                if (event instanceof StreamEvent.Final last) {
                    finals.add(last);
                } else if (event instanceof StreamEvent.Partial partial) {
                    committed.add(partial.committed());
                }
            });
            for (int at = 0; at < samples.length; ) {
                int end = Math.min(samples.length, at + sizes.getAsInt());
                stream.accept(Arrays.copyOfRange(samples, at, end));
                at = end;
            }
            stream.finish();
        }
        return new Heard(finals, committed, recorder.all());
    }

    /** Ten utterances as one, in short chunks: long enough for words to be committed before the end. */
    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void committedWordsNeverChange(Engine engine) {
        List<StreamEvent> events = new ArrayList<>();
        StreamOptions options =
                StreamOptions.builder().chunkFrames(4).leftChunks(16).build();
        try (AcousticModel model = engine.equals(Engine.LIBTORCH) ? U2Fixture.open() : int8();
                TranscriptStream stream = U2Fixture.stream((StreamingModel) model, options)) {
            stream.onEvent(events::add);
            for (var item : U2Fixture.test().limit(10).items()) {
                stream.accept(AudioFiles.read(item.file()).samples());
            }
            stream.finish();
        }
        assertPrefixes(events);
        assertThat(events.stream()
                        .filter(e -> e instanceof StreamEvent.Partial p
                                && p.committed().size() > 2)
                        .count())
                .as("partials with committed words")
                .isGreaterThan(10);
    }

    private static void assertPrefixes(List<StreamEvent> events) {
        List<?> stays = List.of();
        int utterance = 0;
        for (StreamEvent event : events) {
            stays = event.utterance() == utterance ? stays : List.of();
            utterance = event.utterance();
            List<?> words = event instanceof StreamEvent.Partial partial
                    ? partial.committed()
                    : ((StreamEvent.Final) event).words();
            assertThat(words.size()).isGreaterThanOrEqualTo(stays.size());
            assertThat(words.subList(0, stays.size()).equals(stays))
                    .as("%s then %s", stays, words)
                    .isTrue();
            stays = words;
        }
    }
}
