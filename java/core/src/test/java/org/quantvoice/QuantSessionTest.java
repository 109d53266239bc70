package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.Resampler;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.decode.Word;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.EngineException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.quant.ActivationObserver;

class QuantSessionTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models/digits");

    @TempDir
    Path dir;

    private final SpellingEngine engine = new SpellingEngine(Engine.LIBTORCH);
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = SpellingEngine.model(dir);
    }

    private QuantSessionBuilder builder() {
        return QuantSession.builder().model(model).engines(new Engines(List.of(engine)));
    }

    @Test
    void wordsHaveTheTimesOfTheirFrames() {
        try (QuantSession session = builder().build()) {
            Transcript t = session.transcribe(SpellingEngine.audio("__abb_b|__ccd|_"));
            assertThat(t.text()).isEqualTo("abb cd");
            assertThat(t.audioSeconds()).isEqualTo(0.15);
            assertThat(t.words()).extracting(Word::text).containsExactly("abb", "cd");
            assertThat(t.words()).extracting(Word::start).containsExactly(0.02, 0.1);
            assertThat(t.words()).extracting(Word::end).containsExactly(0.07, 0.13);
            assertThat(t.words()).allSatisfy(w -> assertThat(w.confidence()).isCloseTo(0.9, within(1e-6)));
        }
    }

    @Test
    void silenceIsNoWords() {
        try (QuantSession session = builder().build()) {
            Transcript t = session.transcribe(SpellingEngine.audio("____"));
            assertThat(t.text()).isEmpty();
            assertThat(t.words()).isEmpty();
        }
    }

    @Test
    void alternativesComeBestFirst() {
        BeamOptions options = BeamOptions.builder().nbest(3).build();
        try (QuantSession session =
                builder().decoder(v -> PrefixBeam.with(v, options)).build()) {
            List<Transcript.Alternative> readings =
                    session.transcribe(SpellingEngine.audio("_ab_")).alternatives();
            assertThat(readings).hasSize(3);
            assertThat(readings.get(0).text()).isEqualTo("ab");
            assertThat(readings)
                    .extracting(Transcript.Alternative::score)
                    .isSortedAccordingTo((a, b) -> Double.compare(b, a));
        }
    }

    @Test
    void audioIsResampledToTheModelsRate() {
        Audio fast = Resampler.resample(SpellingEngine.audio("___aaaa___bbbb___"), 4 * SpellingEngine.RATE);
        try (QuantSession session = builder().decoder(GreedyDecoder::with).build()) {
            assertThat(session.logProbs(fast).frames()).isEqualTo(17);
            assertThat(session.transcribe(fast).audioSeconds()).isEqualTo(0.17);
            assertThat(session.sampleRate()).isEqualTo(SpellingEngine.RATE);
        }
    }

    @Test
    void badAudioLeavesTheSessionUsable() throws IOException {
        Path text = Files.writeString(dir.resolve("no.wav"), "not audio");
        try (QuantSession session = builder().build()) {
            assertThatThrownBy(() -> session.transcribe(new Audio(new float[9], SpellingEngine.RATE)))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("9 samples at 1000 Hz; expected at least 10");
            assertThatThrownBy(() -> session.transcribe(new Audio(new float[0], 1)))
                    .isInstanceOf(AudioFormatException.class);
            assertThatThrownBy(() -> session.transcribe(new Audio(new float[] {Float.NaN}, 1)))
                    .isInstanceOf(AudioFormatException.class);
            assertThatThrownBy(() -> session.transcribe(text)).isInstanceOf(AudioFormatException.class);
            assertThatThrownBy(() -> session.transcribe(dir.resolve("none.wav")))
                    .isInstanceOf(AudioFormatException.class);
            assertThat(session.transcribe(SpellingEngine.audio("ab")).text()).isEqualTo("ab");
        }
    }

    @Test
    void aVocabularyOfAnotherSizeIsNoticedWhenItIsKnown() {
        engine.announced = 7;
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("7 outputs a frame for 6 tokens");
        assertThat(engine.open).as("the model is closed again").hasValue(0);

        engine.announced = 0;
        engine.outputs = 7;
        try (QuantSession session = builder().build()) {
            assertThatThrownBy(() -> session.transcribe(SpellingEngine.audio("ab")))
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void useAfterCloseIsRefused() {
        QuantSession session = builder().build();
        session.close();
        session.close();
        assertThat(engine.open).hasValue(0);
        List<Runnable> uses = new ArrayList<>();
        uses.add(() -> session.transcribe(SpellingEngine.audio("ab")));
        uses.add(() -> session.transcribe(dir.resolve("none.wav")));
        uses.add(() -> session.logProbs(SpellingEngine.audio("ab")));
        uses.add(() -> session.save(dir.resolve("x.pt")));
        uses.add(session::report);
        uses.add(session::info);
        uses.forEach(use -> assertThatThrownBy(use::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed session"));
    }

    @Test
    void closingInsideARunOfTheSameThreadIsRefused() {
        QuantSession session = builder().build();
        engine.duringRun = session::close;
        assertThatThrownBy(() -> session.transcribe(SpellingEngine.audio("ab")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside a run");
        engine.duringRun = () -> {};
        session.close();
        assertThat(engine.open).hasValue(0);
    }

    @Test
    void aSavedModelComesWithItsTokens() {
        Path saved = dir.resolve("sub.model.pt");
        try (QuantSession session = builder().build()) {
            session.save(saved);
            assertThatThrownBy(() -> session.save(dir.resolve("no/where.pt"))).isInstanceOf(OutputException.class);
        }
        assertThat(dir.resolve("sub.model.tokens.json")).exists();
        dir.resolve("tokens.json").toFile().delete();
        try (QuantSession session = builder().model(saved).build()) {
            assertThat(session.vocabulary().tokens()).isEqualTo(SpellingEngine.TOKENS);
            assertThat(session.transcribe(SpellingEngine.audio("a|b")).text()).isEqualTo("a b");
        }
    }

    @Test
    void noModelGetsTheNameOfAnotherEnginesFiles() {
        try (QuantSession session = builder().build()) {
            Path other = dir.resolve("model.QV");
            assertThatThrownBy(() -> session.save(other))
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("engine LIBTORCH, which writes TorchScript");
            assertThat(other).doesNotExist();
        }
        SpellingEngine own = new SpellingEngine(Engine.NATIVE);
        try (QuantSession session = builder().engines(new Engines(List.of(own))).build()) {
            assertThatThrownBy(() -> session.save(dir.resolve("model2.pt"))).isInstanceOf(OutputException.class);
            assertThatThrownBy(() -> session.save(dir.resolve("model")))
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("ends in .qv");
        }
    }

    @Test
    void anEngineWithoutTheBackendIsRefused() {
        assertThatThrownBy(() ->
                        builder().engine(Engine.NATIVE).backend(Backend.FBGEMM).build())
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("the backend FBGEMM and the engine NATIVE");
        assertThat(engine.lastRequest).isNull();
    }

    @Test
    void audioThatNoDynamicModuleHearsIsRefused() {
        AudioCorpus corpus = AudioCorpus.tsv(DIGITS.resolve("calib/calib.tsv")).limit(1);
        Quantization recipe =
                Quantization.recipe().dynamicInt8("lin").calibrateOn(corpus).build();
        assertThatThrownBy(
                        () -> builder().engine(Engine.LIBTORCH).quantize(recipe).build())
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("calibration audio and no static module");
    }

    @Test
    void modelsThatAreNotThere() throws IOException {
        assertThatThrownBy(() -> builder().model("no-such-model").build())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no file at no-such-model")
                .hasMessageContaining("digits");
        assertThatThrownBy(() -> builder().model(dir).build()).hasMessageContaining("a folder without a config.json");
        Path text = Files.writeString(dir.resolve("text.pt"), "hello");
        assertThatThrownBy(() -> builder().model(text).build())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("text.pt");
        Files.delete(dir.resolve("tokens.json"));
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("without a token list");
        assertThatCode(() -> builder().acousticModel().close()).doesNotThrowAnyException();
    }

    @Test
    void anAbsentEngineIsNamed() {
        assertThatThrownBy(() -> builder().engine(Engine.NATIVE).build())
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("NATIVE")
                .hasMessageContaining("LIBTORCH");
    }

    @Test
    void staticModulesNeedAudio() {
        assertThatThrownBy(() -> Quantization.recipe().staticInt8("conv").build())
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("[conv]")
                .hasMessageContaining("calibrateOn");
        assertThat(engine.lastRequest).isNull();
    }

    @Test
    void theRequestSaysWhatTheBuilderWasTold() {
        AudioCorpus corpus = AudioCorpus.tsv(DIGITS.resolve("calib/calib.tsv")).limit(2);
        List<String> steps = new ArrayList<>();
        builder()
                .quantize(Quantization.recipe()
                        .staticInt8("conv")
                        .dynamicInt8("lin", "other")
                        .calibrateOn(corpus)
                        .observer(ActivationObserver.MIN_MAX)
                        .guard(false)
                        .build())
                .threads(3)
                .progress((step, done, total) -> steps.add(step + " " + done + "/" + total))
                .build()
                .close();
        var recipe = engine.lastRequest.recipe().orElseThrow();
        assertThat(recipe.staticModules()).containsExactly("conv");
        assertThat(recipe.dynamicModules()).containsExactly("lin", "other");
        assertThat(recipe.observer()).isEqualTo(ActivationObserver.MIN_MAX);
        assertThat(recipe.guard()).isFalse();
        assertThat(engine.lastRequest.threads()).isEqualTo(3);
        assertThat(engine.lastRequest.calibration()).hasSize(2).allMatch(a -> a.sampleRate() == SpellingEngine.RATE);
        assertThat(steps).containsExactly("reading calibration audio 0/2", "reading calibration audio 1/2");
    }

    @Test
    void int8TakesWhatSuitsTheModel() {
        builder().int8().build().close();
        assertThat(engine.lastRequest.recipe().orElseThrow().staticModules()).isEmpty();
        assertThat(engine.lastRequest.recipe().orElseThrow().dynamicModules()).containsExactly("lin");

        AudioCorpus corpus = AudioCorpus.tsv(DIGITS.resolve("calib/calib.tsv")).limit(1);
        builder()
                .quantize(Quantization.recipe().calibrateOn(corpus).build())
                .build()
                .close();
        assertThat(engine.lastRequest.recipe().orElseThrow().staticModules()).containsExactly("conv");
        assertThat(engine.lastRequest.recipe().orElseThrow().dynamicModules()).containsExactly("lin");
        builder().build().close();
        assertThat(engine.lastRequest.recipe()).isEmpty();
    }

    @Test
    void threadsMustBePositive() {
        assertThatThrownBy(() -> builder().threads(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(QuantSession.defaultThreads()).isPositive();
    }
}
