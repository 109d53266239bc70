package org.quantvoice.torch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Resampler;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.CorpusException;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.eval.EditCounts;
import org.quantvoice.torch.Digits;
import org.quantvoice.torch.TorchEngine;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.train.QatResult.End;

/** Quantization-aware training: a few steps on the digits model; the whole experiment is in docs/qat.md. */
public class QatTest {
    private static final Vocabulary DIGITS = new Vocabulary(
            List.of("<blank>", "|", "e", "f", "g", "h", "i", "n", "o", "r", "s", "t", "u", "v", "w", "x", "z"),
            0,
            OptionalInt.of(1),
            false);
    private static final AudioCorpus CORPUS = AudioCorpus.tsv(Digits.ROOT.resolve("calib/calib.tsv"));
    private static final String ENC = "encoder.enc";

    @TempDir
    Path folder;

    private static QatOptions options(int bits, int epochs, double rate) {
        return new QatOptions(List.of(""), bits, true, true, epochs, 2, rate, 3, 0, 1);
    }

    private static QuantizationAwareTraining training(QatOptions options) {
        return new QuantizationAwareTraining(Digits.MODEL, DIGITS, 16_000, options, 1, Progress.none());
    }

    private Path out() {
        return folder.resolve("out.pt");
    }

    private static Map<String, float[]> weights(Path file, String... modules) {
        Libtorch.load();
        try (ScriptModule module = ScriptModule.load(file, java.util.Optional.empty());
                TorchCall call = new TorchCall(1)) {
            ModuleTree tree = new ModuleTree(module.module());
            Map<String, float[]> weights = new java.util.TreeMap<>();
            for (String path : modules) {
                Tensor weight = tree.module(path).attr("weight").toTensor();
                weights.put(path, ScriptModule.floats(weight.select(0, 0)));
            }
            return weights;
        }
    }

    @Test
    void trainingLowersTheLossAndLeavesWeightsOnTheirLevels() {
        QatResult result = training(options(2, 2, 3e-4)).run(CORPUS.limit(6), () -> false, out());
        assertThat(result.end()).isEqualTo(End.DONE);
        assertThat(result.epochs()).hasSize(3);
        assertThat(result.best()).isPositive();
        assertThat(result.epochs().get(result.best()).heldOutLoss())
                .isLessThan(0.8 * result.epochs().get(0).heldOutLoss());
        assertThat(result.layers()).hasSize(37);
        weights(out(), "ctc_lin.w", Digits.W2V + "feature_extractor.conv_layers.3.conv")
                .forEach((path, row) -> assertThat(levels(row)).as(path).hasSizeLessThanOrEqualTo(3));
        float[] samples = CORPUS.items().isEmpty()
                ? new float[0]
                : Digits.test().get(0).audio().samples();
        try (var model = new TorchEngine()
                .open(new org.quantvoice.internal.engine.ModelRequest(
                        out(),
                        java.util.Optional.empty(),
                        List.of(),
                        java.util.Optional.empty(),
                        1,
                        Progress.none()))) {
            assertThat(model.run(samples).vocabulary()).isEqualTo(17);
        }
    }

    private static TreeSet<Float> levels(float[] row) {
        TreeSet<Float> levels = new TreeSet<>();
        for (float x : row) {
            levels.add(x + 0f);
        }
        return levels;
    }

    @Test
    void modulesThatAreNotNamedStayFloat() {
        QatOptions enc = new QatOptions(List.of(ENC), 3, false, false, 1, 2, 1e-5, 1, 0.5, 1);
        assertThat(training(enc).run(CORPUS.limit(4), () -> false, out()).layers())
                .hasSize(3);
        Map<String, float[]> rows = weights(out(), "ctc_lin.w", ENC + ".linear2.w");
        assertThat(levels(rows.get(ENC + ".linear2.w"))).hasSizeLessThanOrEqualTo(7);
        assertThat(levels(rows.get("ctc_lin.w"))).hasSizeGreaterThan(100);
    }

    /** The rate is absurd on purpose: what is written is the rounded model itself, whole. */
    @Test
    void divergenceStopsAndKeepsTheBest() {
        QatResult result = training(options(4, 6, 0.9)).run(CORPUS.limit(4), () -> false, out());
        assertThat(result.end()).isEqualTo(End.DIVERGED);
        assertThat(result.epochs()).hasSizeLessThan(6);
        assertThat(result.epochs().get(result.best()).heldOutLoss()).isLessThan(0.5);
        for (float x : weights(out(), "ctc_lin.w").get("ctc_lin.w")) {
            assertThat(x).isFinite();
        }
    }

    @Test
    void stoppingKeepsWhatThereIs() {
        AtomicInteger asked = new AtomicInteger();
        QatResult result =
                training(options(4, 50, 1e-4)).run(CORPUS.limit(4), () -> asked.incrementAndGet() > 6, out());
        assertThat(result.end()).isEqualTo(End.INTERRUPTED);
        assertThat(result.epochs()).hasSize(1);
        assertThat(Files.exists(out())).isTrue();
    }

    /** What was half judged counts for nothing: the model of the epochs before is written. */
    @ParameterizedTest
    @CsvSource({"2,0", "9,1", "10,1", "17,2"})
    void stoppingIsNoticedWhileEpochsAreJudged(int recordings, int epochs) {
        AtomicInteger asked = new AtomicInteger(); // 4 to judge the start, then 4 to train and 4 to judge each epoch
        QatResult result =
                training(options(4, 50, 1e-4)).run(CORPUS.limit(4), () -> asked.incrementAndGet() > recordings, out());
        assertThat(asked).hasValue(recordings + 1);
        assertThat(result.end()).isEqualTo(End.INTERRUPTED);
        assertThat(result.epochs()).extracting(QatResult.Epoch::number).containsExactlyElementsOf(numbers(epochs));
        assertThat(levels(weights(out(), "ctc_lin.w").get("ctc_lin.w"))).hasSizeLessThanOrEqualTo(15);
    }

    private static List<Integer> numbers(int count) {
        return java.util.stream.IntStream.range(0, count).boxed().toList();
    }

    @Test
    void anEpochMustBeatTheRoundedModelByMoreThanChance() {
        Judgement start = judgement(1, 1.0, 0.5, 0.6);
        assertThat(judgement(1, 0.9, 0.4, 0.5).clearlyBetterThan(start)).isTrue();
        assertThat(judgement(1, 0.2, 0.7, 0.8).clearlyBetterThan(start))
                .as("one recording alone gains")
                .isFalse();
        assertThat(judgement(2, 0.9, 0.4, 0.5).clearlyBetterThan(start))
                .as("more wrong tokens")
                .isFalse();
        assertThat(judgement(1, 1.0, 0.5, 0.6).clearlyBetterThan(start)).isFalse();
        assertThat(judgement(0, 0.1, 0.1, Double.NaN).clearlyBetterThan(start)).isFalse();
        assertThat(judgement(0, 0.9).clearlyBetterThan(judgement(0, 1.0))).isTrue();
        assertThat(start.loss()).isCloseTo(0.7, within(1e-12));
        assertThat(start.tokenErrorRate()).isCloseTo(100.0 / 30, within(1e-12));
    }

    /** Of recordings with 10 tokens each. */
    private static Judgement judgement(int errors, double... losses) {
        List<Judgement.Recording> recordings = new java.util.ArrayList<>();
        for (double loss : losses) {
            int wrong = recordings.isEmpty() ? errors : 0;
            recordings.add(new Judgement.Recording(loss, new EditCounts(10 - wrong, wrong, 0, 0)));
        }
        return new Judgement(recordings);
    }

    @Test
    void theBestPathIsWhatGreedyDecodingReads() {
        Libtorch.load();
        try (PointerScope scope = new PointerScope()) {
            Tensor frames = torch.zeros(new long[] {6, 4});
            int[] path = {2, 2, 0, 2, 3, 0};
            for (int i = 0; i < path.length; i++) {
                frames.select(0, i).select(0, path[i]).fill_(new Scalar(9.0));
            }
            Utterance said = new Utterance("x", new float[0], new int[] {2, 2, 1});
            assertThat(Judgement.Recording.of(said, torch.log_softmax(frames, 1), 0)
                            .counts())
                    .isEqualTo(new EditCounts(2, 1, 0, 0));
        }
    }

    /** The gradient at a rounded weight is that at the weight itself, and zero where it was cut. */
    @Test
    void gradientsPassStraightThrough() {
        Libtorch.load();
        try (PointerScope scope = new PointerScope()) {
            AutoGradMode on = new AutoGradMode(true);
            Tensor weight = torch.randn(new long[] {3, 40});
            weight.set_requires_grad(true);
            RoundedWeight rounded = new RoundedWeight(weight, options(3, 1, 1e-3));
            rounded.observe();
            Tensor fake =
                    torch.fake_quantize_per_channel_affine(weight, rounded.scales(), rounded.zeroPoints(), 0, -3, 3);
            fake.mul(new Scalar(2.0)).sum().backward();
            float[] gradient = ScriptModule.floats(weight.grad());
            float[] values = ScriptModule.floats(weight.detach());
            float[] scales = ScriptModule.floats(rounded.scales());
            for (int i = 0; i < gradient.length; i++) {
                boolean cut = Math.abs(Math.rint(values[i] / scales[i / 40])) > 3;
                assertThat(gradient[i]).isEqualTo(cut ? 0f : 2f);
            }
            on.deallocate();
        }
    }

    /** CTC by hand: two frames, one token: the paths are (a, a), (blank, a), (a, blank). */
    @Test
    void theLossIsThatOfCtc() {
        Libtorch.load();
        try (PointerScope scope = new PointerScope()) {
            Tensor logits = torch.zeros(new long[] {2, 4});
            Tensor loss = new Utterance("x", new float[0], new int[] {2}).loss(torch.log_softmax(logits, 1), 0);
            assertThat(loss.item_double()).isCloseTo(-Math.log(3.0 / 16), within(1e-6));
        }
    }

    /** Judged before the first step: the loss of the rounded model tells what it heard. */
    @ParameterizedTest
    @ValueSource(ints = {8000, 44_100})
    void recordingsAreBroughtToTheModelsRate(int rate) throws IOException {
        AudioCorpus two = CORPUS.limit(2);
        Path tsv = folder.resolve("other.tsv");
        StringBuilder rows = new StringBuilder("id\tspeaker\tfile\ttext\n");
        for (AudioCorpus.Item item : two.items()) {
            Path file = folder.resolve(item.id() + ".wav");
            wav(Resampler.resample(AudioFiles.read(item.file()), rate), file);
            rows.append(item.id() + "\tx\t" + file + "\t" + item.text() + "\n");
        }
        Files.writeString(tsv, rows);
        double usual = firstLoss(two);
        assertThat(firstLoss(AudioCorpus.tsv(tsv))).isCloseTo(usual, within(0.5 * usual + 0.05));
    }

    private double firstLoss(AudioCorpus corpus) {
        AtomicInteger asked = new AtomicInteger();
        QatResult result = training(options(8, 1, 1e-4)).run(corpus, () -> asked.incrementAndGet() > 2, out());
        assertThat(result.epochs()).hasSize(1);
        return result.epochs().get(0).heldOutLoss();
    }

    private static void wav(Audio audio, Path file) throws IOException {
        byte[] pcm = new byte[2 * audio.samples().length];
        for (int i = 0; i < audio.samples().length; i++) {
            int value = Math.round(Math.max(-1, Math.min(1, audio.samples()[i])) * Short.MAX_VALUE);
            pcm[2 * i] = (byte) value;
            pcm[2 * i + 1] = (byte) (value >> 8);
        }
        AudioFormat format = new AudioFormat(audio.sampleRate(), 16, 1, true, false);
        try (AudioInputStream in =
                new AudioInputStream(new ByteArrayInputStream(pcm), format, audio.samples().length)) {
            AudioSystem.write(in, AudioFileFormat.Type.WAVE, file.toFile());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 399})
    void aRecordingShorterThanAFrameIsNamed(int samples) throws IOException {
        Path scrap = folder.resolve("scrap.wav");
        wav(new Audio(new float[samples], 16_000), scrap);
        Path whole = CORPUS.items().get(0).file();
        Path tsv = folder.resolve("scraps.tsv");
        Files.writeString(tsv, "id\tspeaker\tfile\ttext\na\tx\t" + whole + "\tone\nb7\tx\t" + scrap + "\tone\n");
        assertThatThrownBy(() -> training(options(4, 1, 1e-4)).run(AudioCorpus.tsv(tsv), () -> false, out()))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("recording b7 of " + samples + " samples")
                .hasMessageContaining("at least 400");
        assertThat(out()).doesNotExist();
    }

    /** Weights go on changing, scales and ranges do not. */
    @Test
    void observersFreezeAfterTheirSteps() {
        Libtorch.load();
        QatOptions options = new QatOptions(List.of(ENC), 4, true, true, 4, 1, 1e-3, 3, 0, 1);
        List<Utterance> two = CORPUS.limit(2).items().stream()
                .map(item -> new Utterance(
                        item.id(),
                        AudioFiles.read(item.file()).samples(),
                        org.quantvoice.internal.beam.Spelling.ofText(item.text(), DIGITS)))
                .toList();
        try (ScriptModule module = ScriptModule.load(Digits.MODEL, java.util.Optional.empty());
                TorchCall call = new TorchCall(1)) {
            List<List<float[]>> state = new java.util.ArrayList<>();
            List<float[]> weights = new java.util.ArrayList<>();
            Trainer[] made = new Trainer[1];
            made[0] = new Trainer(module, options, two, 0, () -> false, (step, done, total) -> {
                if (step.startsWith("epoch") && done < total) { // before each step, of one recording
                    TrainingGraph graph = made[0].graph();
                    state.add(java.util.stream.Stream.concat(
                                    graph.observed().stream()
                                            .flatMap(o -> java.util.stream.Stream.of(o.low(), o.high())),
                                    graph.weights().values().stream().map(RoundedWeight::scales))
                            .map(ScriptModule::floats)
                            .toList());
                    weights.add(ScriptModule.floats(new ModuleTree(module.module())
                            .module(ENC + ".linear2.w")
                            .attr("weight")
                            .toTensor()));
                }
            });
            made[0].train();
            assertThat(state).hasSize(8);
            assertThat(state.get(0)).hasSize(3 + 2 * 3);
            for (int step = 1; step < 8; step++) {
                assertThat(weights.get(step)).as("weights at step %d", step).isNotEqualTo(weights.get(step - 1));
                List<float[]> before = state.get(step - 1);
                List<float[]> now = state.get(step);
                boolean same = IntStream.range(0, now.size()).allMatch(i -> Arrays.equals(before.get(i), now.get(i)));
                assertThat(same).as("scales and ranges at step %d", step).isEqualTo(step > 3);
            }
        }
    }

    @Test
    void badInputIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path silent = folder.resolve("silent.tsv");
        Path audio = Digits.ROOT.resolve("calib/calib-george-00.flac").toAbsolutePath();
        Files.writeString(silent, "id\tspeaker\tfile\na\tx\t" + audio + "\n");
        assertThatThrownBy(() -> training(options(4, 1, 1e-4)).run(AudioCorpus.tsv(silent), () -> false, out()))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("without texts");
        Path wrong = folder.resolve("wrong.tsv");
        Files.writeString(wrong, "id\tspeaker\tfile\ttext\na\tx\t" + audio + "\tzero\nb\tx\t" + audio + "\tquick\n");
        assertThatThrownBy(() -> training(options(4, 1, 1e-4)).run(AudioCorpus.tsv(wrong), () -> false, out()))
                .isInstanceOf(DecoderException.class)
                .hasMessageContaining("quick");
        Path wordy = folder.resolve("wordy.tsv");
        String all = "zero ".repeat(200);
        Files.writeString(
                wordy, "id\tspeaker\tfile\ttext\na\tx\t" + audio + "\t" + all + "\nb\tx\t" + audio + "\t" + all + "\n");
        assertThatThrownBy(() -> training(options(4, 1, 1e-4)).run(AudioCorpus.tsv(wordy), () -> false, out()))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("frames");
        assertThat(Files.exists(out())).isFalse();
    }

    @Test
    void unknownAndUntrainableModulesAreNamed() {
        QatOptions unknown = new QatOptions(List.of("encoder.encc"), 4, true, true, 1, 2, 1e-4, 1, 0, 1);
        assertThatThrownBy(() -> training(unknown).run(CORPUS.limit(2), () -> false, out()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("encoder.enc");
        QatOptions norm = new QatOptions(List.of(ENC + ".bn1"), 4, true, true, 1, 2, 1e-4, 1, 0, 1);
        assertThatThrownBy(() -> training(norm).run(CORPUS.limit(2), () -> false, out()))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("encoder.enc.bn1");
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,2,0.1,1",
        "9,1,2,0.1,1",
        "4,-1,2,0.1,1",
        "4,1,0,0.1,1",
        "4,1,2,NaN,1",
        "4,1,2,1.5,1",
        "4,1,2,0.1,-1"
    })
    void badOptionsAreRefused(int bits, int epochs, int batch, double rate, int freeze) {
        assertThatThrownBy(() -> new QatOptions(List.of(""), bits, true, true, epochs, batch, rate, freeze, 0.2, 1))
                .isInstanceOf(QuantizationException.class);
    }
}
