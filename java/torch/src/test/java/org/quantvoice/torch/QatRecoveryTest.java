package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.torch.train.QatOptions;
import org.quantvoice.torch.train.QatResult;
import org.quantvoice.torch.train.QuantizationAwareTraining;
import org.slf4j.LoggerFactory;

/** Training wins back at least half of what weights of 4 bits, with one scale a tensor, lose on the digits model. */
class QatRecoveryTest {
    private static final Vocabulary DIGITS = new Vocabulary(
            List.of("<blank>", "|", "e", "f", "g", "h", "i", "n", "o", "r", "s", "t", "u", "v", "w", "x", "z"),
            0,
            OptionalInt.of(1),
            false);
    private static final AudioCorpus CORPUS = AudioCorpus.tsv(Digits.ROOT.resolve("calib/calib.tsv"));

    @TempDir
    Path folder;

    private QatResult train(QatOptions options, AudioCorpus corpus, Path out) {
        return new QuantizationAwareTraining(Digits.MODEL, DIGITS, 16_000, options, 1, Progress.none())
                .run(corpus, () -> false, out);
    }

    private static QatOptions options(int bits, int epochs, int batch, double heldOut) {
        return new QatOptions(List.of(""), bits, false, true, epochs, batch, 1e-4, 0, heldOut, 1);
    }

    /** By the loss of recordings that it was not trained on: the words of a few recordings are too few to tell. */
    @Test
    void aFewStepsWinBackHalfOfTheLoss() {
        AudioCorpus few = CORPUS.limit(16);
        double exact = judged(train(options(8, 0, 1, 0.5), few, folder.resolve("exact.pt")), 0);
        QatResult result = train(options(4, 1, 1, 0.5), few, folder.resolve("four.pt"));
        double rounded = judged(result, 0);
        assertThat(rounded).isGreaterThan(1.03 * exact);
        assertThat(judged(result, 1)).isLessThan(rounded - (rounded - exact) / 2);
    }

    private static double judged(QatResult result, int epoch) {
        return result.epochs().get(epoch).heldOutLoss();
    }

    /** By words of all 120 test recordings; the table of docs/qat.md. Some minutes. */
    @Test
    @EnabledIfSystemProperty(named = "quantvoice.sweep", matches = "true")
    void trainingWinsBackHalfOfTheWords() {
        Path rounded = folder.resolve("rounded.pt");
        Path trained = folder.resolve("trained.pt");
        train(options(4, 0, 8, 0.2), CORPUS, rounded);
        train(options(4, 2, 8, 0.2), CORPUS, trained);
        double exact = wordErrors(Digits.MODEL);
        double lost = wordErrors(rounded) - exact;
        double left = wordErrors(trained) - exact;
        LoggerFactory.getLogger(QatRecoveryTest.class)
                .info("word errors in %: float {}, rounded + {}, trained + {}", exact, lost, left);
        assertThat(lost).as("words lost by rounding").isPositive();
        assertThat(left).as("words lost after training, of " + lost).isLessThanOrEqualTo(lost / 2);
    }

    /** Wrong words in percent, of the best path. */
    private static double wordErrors(Path file) {
        try (AcousticModel model = new TorchEngine()
                .open(new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none()))) {
            return Digits.rates(model).wer();
        }
    }
}
