package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.qv.QvStreamFile;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.QuantReport.Method;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** Streaming models as int8: kept in files, with ranges from calibration, and on libtorch. */
final class U2Int8FilesTest {
    private static final Path FLOAT = U2Fixture.FOLDER.resolve("model/u2-digits-float.pt");
    private static final List<String> ALL = List.of("encoder", "ctc", "decoder");

    @TempDir
    Path folder;

    private static AcousticModel open(EngineProvider engine, Path file, List<String> fixed, List<String> dynamic) {
        Optional<QuantRecipe> recipe = fixed.isEmpty() && dynamic.isEmpty()
                ? Optional.empty()
                : Optional.of(new QuantRecipe(fixed, dynamic, ActivationObserver.HISTOGRAM, true));
        List<Audio> audio =
                AudioCorpus.tsv(U2Fixture.ROOT.resolve("models/digits/calib/calib.tsv")).limit(8).items().stream()
                        .map(i -> AudioFiles.read(i.file()))
                        .toList();
        return engine.open(new ModelRequest(
                file, recipe, fixed.isEmpty() ? List.of() : audio, Optional.empty(), 1, Progress.none()));
    }

    private static double errorRate(AcousticModel model, int utterances) {
        ErrorRate rate = ErrorRate.words();
        for (var item : U2Fixture.test().limit(utterances).items()) {
            rate.add(item.text(), hear(model, AudioFiles.read(item.file()).samples()));
        }
        return rate.percent();
    }

    private static String hear(AcousticModel model, float[] samples) {
        try (TranscriptStream stream = U2Fixture.stream((StreamingModel) model, StreamOptions.defaults())) {
            StringBuilder text = new StringBuilder();
            stream.onEvent(e -> {
                if (e instanceof StreamEvent.Final) {
                    text.append(text.isEmpty() ? "" : " ").append(e.text());
                }
            });
            stream.accept(samples);
            stream.finish();
            return text.toString();
        }
    }

    @Test
    void aSavedModelSaysWhatItSaidBefore() {
        Path file = folder.resolve("u2.qv");
        float[] samples = U2Fixture.samples("test-theo-04");
        float[] before;
        try (AcousticModel model = open(new NativeEngine(), FLOAT, List.of(), ALL)) {
            before = model.run(samples).data();
            model.save(file);
        }
        assertThat(file).satisfies(f -> assertThat(Files.size(f)).isLessThan(4_000_000));
        try (AcousticModel again = open(new NativeEngine(), file, List.of(), List.of())) {
            assertThat(again.run(samples).data()).isEqualTo(before);
            assertThat(hear(again, samples)).isEqualTo("eight seven two three seven");
        }
        assertThatThrownBy(() -> open(new NativeEngine(), file, List.of(), ALL))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("quantized already");
    }

    @Test
    void aSavedSessionHasItsTokensInside() throws IOException {
        Path file = folder.resolve("u2.qv");
        try (QuantSession session =
                QuantSession.builder().model(FLOAT).int8().engine(Engine.NATIVE).build()) {
            session.save(file);
            assertThat(session.report().orElseThrow().layers()).hasSizeGreaterThan(60);
        }
        Files.delete(folder.resolve("u2.tokens.json"));
        try (QuantSession session = QuantSession.builder().model(file).build()) {
            assertThat(session.streams()).isTrue();
            assertThat(session.vocabulary()).isEqualTo(U2Fixture.VOCABULARY);
            assertThat(ModelFile.of(file).modules()).hasSizeGreaterThan(60);
            float[] samples = U2Fixture.samples("test-nicolas-17");
            assertThat(session.transcribe(new Audio(samples, 16_000)).text()).isEqualTo("eight five six");
        }
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        Path file = folder.resolve("u2.qv");
        try (AcousticModel model = open(new NativeEngine(), FLOAT, List.of(), ALL)) {
            model.save(file);
        }
        byte[] whole = Files.readAllBytes(file);
        String header = new String(whole, 8, 2_000_000, java.nio.charset.StandardCharsets.ISO_8859_1);
        for (String key : List.of("graph.ctc", "graph.encoder", "melBins", "encoder/encoder.after_norm.weight")) {
            byte[] broken = whole.clone();
            broken[8 + header.indexOf(key)] = 'x';
            Path file2 = folder.resolve("bad.qv");
            Files.write(file2, broken);
            assertThatThrownBy(() -> open(new NativeEngine(), file2, List.of(), List.of()))
                    .as(key)
                    .isInstanceOf(ModelFormatException.class);
        }
        byte[] far = whole.clone();
        far[8 + header.indexOf("eos\\\":17") + 6] = '9'; // a token that no table has
        Path bad = folder.resolve("far.qv");
        Files.write(bad, far);
        assertThatThrownBy(() -> open(new NativeEngine(), bad, List.of(), List.of()))
                .isInstanceOf(ModelFormatException.class);
        for (int cut : new int[] {7, 100, 200_000, whole.length - 1}) {
            Path part = folder.resolve("cut.qv");
            Files.write(part, Arrays.copyOf(whole, cut));
            assertThatThrownBy(() -> open(new NativeEngine(), part, List.of(), List.of()))
                    .as("cut at " + cut)
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void rangesFromCalibrationKeepTheWords(Engine engine) {
        EngineProvider provider = engine.equals(Engine.NATIVE) ? new NativeEngine() : new TorchEngine();
        Path file = folder.resolve("static");
        float[] samples = U2Fixture.samples("test-theo-04");
        float[] before;
        try (AcousticModel model = open(provider, FLOAT, ALL, List.of())) {
            assertThat(model.report().orElseThrow().layers())
                    .filteredOn(l -> l.method() == Method.STATIC)
                    .hasSizeGreaterThan(80)
                    .extracting(l -> l.path())
                    .contains(
                            "encoder.embed.conv.2",
                            "encoder.embed.out.0",
                            "encoder.encoders.5.feed_forward.w_2",
                            "ctc.ctc_lo",
                            "decoder.decoders.1.src_attn.linear_v",
                            "decoder.output_layer");
            assertThat(errorRate(model, 120)).isLessThanOrEqualTo(0.17 + 0.3);
            before = model.run(samples).data();
            model.save(file);
        }
        try (AcousticModel again = open(provider, file, List.of(), List.of())) {
            assertThat(again.run(samples).data()).isEqualTo(before);
            assertThat(hear(again, samples)).isEqualTo("eight seven two three seven");
        }
    }

    /** The float encoder must last until the decoder is calibrated. */
    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void aStaticDecoderBehindADynamicEncoder(Engine engine) {
        EngineProvider provider = engine.equals(Engine.NATIVE) ? new NativeEngine() : new TorchEngine();
        try (AcousticModel model = open(provider, FLOAT, List.of("decoder"), List.of("encoder", "ctc"))) {
            List<QuantReport.Layer> layers = model.report().orElseThrow().layers();
            assertThat(layers.get(0).path()).startsWith("encoder.");
            assertThat(layers)
                    .filteredOn(l -> l.method() == Method.STATIC)
                    .isNotEmpty()
                    .allMatch(l -> l.path().startsWith("decoder."));
            assertThat(errorRate(model, 20)).isLessThanOrEqualTo(1.0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void rangesNeedSpeech(Engine engine) {
        EngineProvider provider = engine.equals(Engine.NATIVE) ? new NativeEngine() : new TorchEngine();
        List<Audio> scraps = List.of(1, 399, 1359).stream() // not one frame
                .map(length -> new Audio(new float[length], 16_000))
                .toList();
        for (List<String> fixed : List.of(ALL, List.of("ctc"), List.of("decoder"))) {
            ModelRequest request = new ModelRequest(
                    FLOAT,
                    Optional.of(new QuantRecipe(fixed, List.of(), ActivationObserver.HISTOGRAM, true)),
                    scraps,
                    Optional.empty(),
                    1,
                    Progress.none());
            assertThatThrownBy(() -> provider.open(request))
                    .as("static %s", fixed)
                    .isInstanceOf(QuantizationException.class);
        }
    }

    /** The same model without audio, from ranges in a file; those of libtorch serve as well. */
    @Test
    void rangesAreSavedAndLoaded() {
        Path heard = folder.resolve("heard.qv");
        Path read = folder.resolve("read.qv");
        Path file = folder.resolve("ranges.json");
        try (AcousticModel model = open(new NativeEngine(), FLOAT, ALL, List.of())) {
            QuantReport report = model.report().orElseThrow();
            assertThat(report.ranges().byLayer().keySet())
                    .containsExactlyInAnyOrderElementsOf(report.layers().stream()
                            .filter(l -> l.method() == Method.STATIC)
                            .map(l -> l.path())
                            .toList());
            report.ranges().save(file);
            model.save(heard);
        }
        ActivationRanges ranges = ActivationRanges.load(file);
        QuantRecipe recipe = new QuantRecipe(ALL, List.of(), ActivationObserver.HISTOGRAM, true);
        try (AcousticModel model = new NativeEngine().open(request(recipe.withRanges(ranges)))) {
            assertThat(model.report().orElseThrow().ranges()).isEqualTo(ranges);
            model.save(read);
        }
        assertThat(QvStreamFile.read(read).graphs().keySet()).hasSize(3);
        float[] samples = U2Fixture.samples("test-theo-04");
        try (AcousticModel first = open(new NativeEngine(), heard, List.of(), List.of());
                AcousticModel second = open(new NativeEngine(), read, List.of(), List.of())) {
            assertThat(second.run(samples).data()).isEqualTo(first.run(samples).data());
            assertThat(hear(second, samples)).isEqualTo(hear(first, samples));
        }
    }

    @Test
    void rangesThatLackALayerNeedAudio() {
        ActivationRanges none = new ActivationRanges(Map.of("ctc.ctc_lo", new ActivationRange(0.01, 128)));
        QuantRecipe recipe = new QuantRecipe(ALL, List.of(), ActivationObserver.HISTOGRAM, true);
        assertThatThrownBy(() -> new NativeEngine().open(request(recipe.withRanges(none))))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("no calibration audio");
    }

    private static ModelRequest request(QuantRecipe recipe) {
        return new ModelRequest(FLOAT, Optional.of(recipe), List.of(), Optional.empty(), 1, Progress.none());
    }

    @Test
    void libtorchRunsThemToo() {
        try (AcousticModel model = open(new TorchEngine(), FLOAT, List.of(), ALL)) {
            assertThat(model).isInstanceOf(StreamingModel.class);
            assertThat(model.report().orElseThrow().layers())
                    .extracting(l -> l.path())
                    .contains("decoder.decoders.0.self_attn.linear_q");
            assertThat(errorRate(model, 20)).isLessThanOrEqualTo(1.0);
        }
    }
}
