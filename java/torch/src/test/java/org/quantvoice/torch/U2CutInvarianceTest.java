package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModelRequest;
import org.quantvoice.engine.Progress;
import org.quantvoice.plan.NativeEngine;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantRecipe;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.StreamingModel;
import org.quantvoice.stream.TranscriptStream;

/**
 * The same words and log-probabilities however the audio is cut. All 20 utterances x 200 sizes with {@code
 * -Dquantvoice.sweep=true}; a sample of them by default.
 */
final class U2CutInvarianceTest {
    private static final boolean SWEEP = Boolean.getBoolean("quantvoice.sweep");
    private static final int UTTERANCES = SWEEP ? 20 : 4;
    private static final int SIZES = SWEEP ? 200 : 8;
    private static final int LONGEST = 3 * U2Fixture.SAMPLE_RATE;

    private record Heard(List<StreamEvent.Final> finals, List<String> committed, float[] logProbs) {}

    @ParameterizedTest
    @EnumSource
    void pushSizesChangeNothing(Engine engine) {
        Random random = new Random(7);
        try (AcousticModel opened = open(engine)) {
            StreamingModel model = (StreamingModel) opened;
            for (int u = 0; u < UTTERANCES; u++) {
                var item = U2Fixture.test().items().get(6 * u);
                float[] samples = AudioFiles.read(item.file()).samples();
                Heard whole = hear(model, samples, samples.length);
                for (int i = 0; i < SIZES; i++) {
                    int size = i == 0 ? 160 : (int) Math.ceil(Math.exp(random.nextDouble() * Math.log(LONGEST)));
                    Heard cut = hear(model, samples, size);
                    String what = item.id() + " in pieces of " + size;
                    assertThat(cut.finals()).as(what).isEqualTo(whole.finals());
                    assertThat(Arrays.equals(cut.logProbs(), whole.logProbs()))
                            .as(what + ", log-probs")
                            .isTrue();
                }
            }
        }
    }

    private static AcousticModel open(Engine engine) {
        return engine == Engine.LIBTORCH
                ? U2Fixture.open()
                : new NativeEngine()
                        .open(new ModelRequest(
                                U2Fixture.FOLDER.resolve("model/u2-digits-float.pt"),
                                Optional.of(new QuantRecipe(
                                        List.of(),
                                        List.of("encoder", "ctc", "decoder"),
                                        ActivationObserver.HISTOGRAM,
                                        true)),
                                List.of(),
                                Optional.empty(),
                                1,
                                Progress.none()));
    }

    private static Heard hear(StreamingModel model, float[] samples, int size) {
        U2Fixture.Recorder recorder = U2Fixture.Recorder.of(model);
        List<StreamEvent.Final> finals = new ArrayList<>();
        List<String> committed = new ArrayList<>();
        try (TranscriptStream stream = U2Fixture.stream(recorder, StreamOptions.defaults())) {
            stream.onEvent(event -> {
                if (event instanceof StreamEvent.Final last) {
                    finals.add(last);
                }
            });
            for (int at = 0; at < samples.length; at += size) {
                stream.accept(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + size)));
            }
            stream.finish();
        }
        return new Heard(finals, committed, recorder.all());
    }

    @Test
    void committedWordsNeverChange() {
        try (U2Model model = U2Fixture.open()) {
            for (var item : U2Fixture.test().limit(10).items()) {
                float[] samples = AudioFiles.read(item.file()).samples();
                List<StreamEvent> events = new ArrayList<>();
                StreamOptions options = StreamOptions.builder().chunkFrames(4).build();
                try (TranscriptStream stream = U2Fixture.stream(model, options)) {
                    stream.onEvent(events::add);
                    stream.accept(samples);
                    stream.finish();
                }
                assertPrefixes(item.id(), events);
            }
        }
    }

    private static void assertPrefixes(String id, List<StreamEvent> events) {
        List<?> stays = List.of();
        int utterance = 0;
        for (StreamEvent event : events) {
            stays = event.utterance() == utterance ? stays : List.of();
            utterance = event.utterance();
            List<?> words = event instanceof StreamEvent.Partial partial
                    ? partial.committed()
                    : ((StreamEvent.Final) event).words();
            assertThat(words.size()).as(id).isGreaterThanOrEqualTo(stays.size());
            assertThat(words.subList(0, stays.size()).equals(stays))
                    .as("%s: %s then %s", id, stays, words)
                    .isTrue();
            stays = words;
        }
    }
}
