package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.exec.KnownLengthModel;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.WeightFormat;

/**
 * Scripts whose loops and branches follow from the length are imported for each length, and give what libtorch gives. The files
 * are made by src/test/python/known_length.py.
 */
class KnownLengthTest {
    /** In samples: below and above the border of a branch, frames that fill blocks and that do not, neighbours. */
    private static final int[] LENGTHS = {400, 1_000, 4_080, 5_000, 5_360, 16_000, 16_001, 33_287};

    private static final int KEPT = 32;

    @TempDir
    private Path folder;

    private static Path file(String name) {
        return Path.of(
                System.getProperty("quantvoice.root"), "java/torch/src/test/resources/known-length", name + ".pt");
    }

    private static QuantSessionBuilder builder(Path file) {
        return QuantSession.builder()
                .model(file)
                .engine(Engine.NATIVE)
                .fallback(false)
                .threads(1);
    }

    private static AcousticModel libtorch(Path file) {
        return QuantSession.builder()
                .model(file)
                .engine(Engine.LIBTORCH)
                .threads(1)
                .acousticModel();
    }

    private static float[] noise(int length) {
        Random random = new Random(length);
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = (float) (0.1 * random.nextGaussian());
        }
        return samples;
    }

    private static void requireSame(AcousticModel model, LogProbs expected, int length) {
        LogProbs got = model.run(noise(length));
        assertThat(got.frames()).as("frames of %d samples", length).isEqualTo(expected.frames());
        assertThat(got.data()).as("%d samples", length).containsExactly(expected.data(), within(1e-4f));
    }

    private static Map<Integer, LogProbs> expected(Path file) {
        Map<Integer, LogProbs> expected = new TreeMap<>();
        try (AcousticModel torch = libtorch(file)) {
            for (int length : LENGTHS) {
                expected.put(length, torch.run(noise(length)));
            }
        }
        return expected;
    }

    @ParameterizedTest
    @ValueSource(strings = {"blocks", "sums"})
    void everyLengthGivesWhatLibtorchGives(String name) {
        Map<Integer, LogProbs> expected = expected(file(name));
        try (AcousticModel model = builder(file(name)).acousticModel()) {
            assertThat(model).isInstanceOf(KnownLengthModel.class);
            long weights = ((KnownLengthModel) model).weightBytes();
            expected.forEach((length, logProbs) -> requireSame(model, logProbs, length));
            long all = ((KnownLengthModel) model).weightBytes();
            for (int i = 0; i < KEPT; i++) { // these take the places of the lengths before
                model.run(noise(500 + 7 * i));
            }
            expected.forEach((length, logProbs) -> requireSame(model, logProbs, length));
            assertThat(((KnownLengthModel) model).weightBytes())
                    .as("packed weights, at first %d bytes", weights)
                    .isEqualTo(all);
        }
    }

    @Test
    void callersOfDifferentLengthsRunAtOnce() throws Exception {
        Map<Integer, LogProbs> expected = expected(file("blocks"));
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (AcousticModel model = builder(file("blocks")).acousticModel()) {
            List<Future<?>> runs = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                int first = caller;
                runs.add(callers.submit(() -> {
                    for (int i = 0; i < 3 * LENGTHS.length; i++) {
                        int length = LENGTHS[(first + i) % LENGTHS.length];
                        requireSame(model, expected.get(length), length);
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    /** A module that only long recordings run is quantized too. */
    @Test
    void dynamicInt8StaysCloseToFloat() {
        Map<Integer, LogProbs> expected = expected(file("blocks"));
        try (AcousticModel model = builder(file("blocks")).int8().acousticModel()) {
            QuantReport report = model.report().orElseThrow();
            assertThat(report.layers())
                    .extracting(QuantReport.Layer::path)
                    .containsExactlyInAnyOrder("front", "query", "key_value", "long", "rnn", "head");
            assertThat(report.layers()).allMatch(layer -> layer.method() == QuantReport.Method.DYNAMIC);
            assertThat(report.bytesAfter()).isLessThan(report.bytesBefore() / 4);
            expected.forEach((length, logProbs) -> assertThat(cosine(model.run(noise(length)), logProbs))
                    .as("cosine for %d samples", length)
                    .isGreaterThan(0.999));
        }
    }

    @Test
    void weightsOfFewBitsAndModulesByName() {
        Quantization recipe = Quantization.recipe()
                .dynamicInt8("long", "head", "query")
                .weights(WeightFormat.linear(4), "long")
                .build();
        Map<Integer, LogProbs> expected = expected(file("blocks"));
        try (AcousticModel model = builder(file("blocks")).quantize(recipe).acousticModel()) {
            assertThat(model.report().orElseThrow().layers())
                    .extracting(layer -> layer.path() + layer.note())
                    .containsExactlyInAnyOrder("longweights int4", "head", "query");
            LogProbs got = model.run(noise(16_000));
            assertThat(cosine(got, expected.get(16_000))).isBetween(0.95, 0.99999999);
        }
    }

    private static double cosine(LogProbs a, LogProbs b) {
        double both = 0;
        double left = 0;
        double right = 0;
        int vocabulary = b.vocabulary();
        for (int row = 0; row < b.data().length; row += vocabulary) {
            double meanA = 0;
            double meanB = 0;
            for (int v = row; v < row + vocabulary; v++) {
                meanA += a.data()[v] / vocabulary;
                meanB += b.data()[v] / vocabulary;
            }
            for (int v = row; v < row + vocabulary; v++) {
                both += (a.data()[v] - meanA) * (b.data()[v] - meanB);
                left += (a.data()[v] - meanA) * (a.data()[v] - meanA);
                right += (b.data()[v] - meanB) * (b.data()[v] - meanB);
            }
        }
        return both / Math.sqrt(left * right);
    }

    @Test
    void recordingsThatAreTooShortAreRefused() {
        try (AcousticModel model = builder(file("blocks")).acousticModel()) {
            for (int length : new int[] {0, 1, 399}) {
                assertThatThrownBy(() -> model.run(new float[length]))
                        .isInstanceOf(AudioFormatException.class)
                        .hasMessageContaining("audio of " + length + " samples")
                        .hasMessageContaining("at least 400 samples");
            }
            assertThat(model.run(noise(400)).frames()).isEqualTo(1);
        }
    }

    @Test
    void noFileHoldsSuchAModel() {
        Path target = folder.resolve("blocks.qv");
        try (AcousticModel model = builder(file("blocks")).int8().acousticModel()) {
            assertRefused(() -> model.save(target));
        }
        assertRefused(() -> ModelFile.of(file("blocks")).convertTo(target, true));
        assertThat(Files.exists(target)).isFalse();
    }

    private static void assertRefused(Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("another graph for each length")
                .hasMessageContaining("keep the TorchScript file");
    }

    @Test
    void whatNeedsOneGraphForAllLengthsIsRefused() {
        Path digits = Path.of(System.getProperty("quantvoice.root"), "models/digits");
        AudioCorpus speech = AudioCorpus.tsv(digits.resolve("calib/calib.tsv")).limit(1);
        Path tokens = digits.resolve("model/tokens.json");
        Quantization fixed =
                Quantization.recipe().staticInt8("front").calibrateOn(speech).build();
        Quantization budget =
                Quantization.toBudget(DataSize.bytes(3_000)).tuneOn(speech).build();
        for (Quantization asked : List.of(fixed, budget)) {
            assertThatThrownBy(() -> builder(file("blocks"))
                            .vocabulary(tokens)
                            .quantize(asked)
                            .acousticModel()
                            .close())
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("another graph for each length")
                    .hasMessageContaining("dynamic modules");
        }
    }

    @Test
    void aModuleThatNoLengthRunsIsNamed() {
        Quantization recipe =
                Quantization.recipe().dynamicInt8("long", "absent").build();
        assertThatThrownBy(() -> builder(file("blocks")).quantize(recipe).acousticModel())
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("module absent");
    }

    /** One length does not tell frames from tokens: the libtorch engine takes over. */
    @Test
    void tokensBeforeFramesAreLeftToLibtorch() {
        assertThatThrownBy(() -> builder(file("tokens-first")).acousticModel())
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("tokens as the last axis");
        try (AcousticModel model = QuantSession.builder()
                        .model(file("tokens-first"))
                        .threads(1)
                        .acousticModel();
                AcousticModel straight = libtorch(file("blocks"))) {
            assertThat(model.info().engine()).isEqualTo(Engine.LIBTORCH);
            requireSame(model, straight.run(noise(5_000)), 5_000);
        }
    }

    /** What follows from the samples is not known at any length. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prim::Loop | while bool(x.sum() > 1000.):@        x = x * 0.5",
                "prim::If | if bool(x.sum() > 0.):@        x = x * 0.5",
                "aten::sort | x = torch.sort(x, 1)[0]",
            })
    void whatFollowsFromSamplesIsRefusedAsBefore(String operator, String code) {
        Path file = folder.resolve("samples.pt");
        save(
                file,
                "def forward(self, wavs):\n    x = wavs.unfold(1, 40, 20)[:, :, :5]\n    " + code.replace("@", "\n")
                        + "\n    return x\n");
        assertThatThrownBy(() -> builder(file).acousticModel())
                .isInstanceOf(QuantVoiceException.class)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining(operator);
    }

    /** Unrolled, a recurrence over frames would take longer to import than to run. */
    @Test
    void aRecurrenceThatIsWrittenAsALoopIsLeftToLibtorch() {
        Path file = folder.resolve("recurrence.pt");
        save(
                file,
                """
                def forward(self, wavs):
                    x = wavs.unfold(1, 40, 20)[:, :, :5]
                    rows = [x[:, 0]]
                    for i in range(1, x.size(1)):
                        rows.append(torch.tanh(rows[i - 1] * 0.5 + x[:, i]))
                    return torch.stack(rows, 1)
                """);
        assertThatThrownBy(() -> builder(file).acousticModel())
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("operators more for each 16000 samples")
                .hasMessageContaining("nn.GRU");
        try (AcousticModel model = QuantSession.builder().model(file).threads(1).acousticModel()) {
            assertThat(model.info().engine()).isEqualTo(Engine.LIBTORCH);
        }
    }

    private static void save(Path file, String forward) {
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Case"));
            module.define(forward);
            module.save(file.toString());
        }
    }

    @Test
    void theModelOutlivesItsFile() throws Exception {
        Path copy = Files.copy(file("blocks"), folder.resolve("copy.pt"));
        Map<Integer, LogProbs> expected = expected(copy);
        try (AcousticModel model = builder(copy).acousticModel()) {
            Files.delete(copy);
            expected.forEach((length, logProbs) -> requireSame(model, logProbs, length));
        }
    }
}
