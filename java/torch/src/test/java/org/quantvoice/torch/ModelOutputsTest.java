package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.UnsupportedOperatorException;

/** Whatever a model returns and wants to be told, both engines hand out the same log-probabilities by frame. */
class ModelOutputsTest {
    private static final int VOCABULARY = 5;

    /** Logits {@code [1, frames, 5]}: the first samples of each window. */
    private static final String LOGITS = "    x = wavs.unfold(1, 40, 20)[:, :, :5] * 3\n";

    private static final String MASKED = LOGITS
            + "    frames = torch.div(n - 40, 20, rounding_mode='floor') + 1\n"
            + "    x = x.masked_fill((torch.arange(x.size(1))[None] >= frames[:, None])[:, :, None], 0.)\n";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "logits | return x",
                "log-probs | return torch.log_softmax(x, 2)",
                "probabilities | return torch.softmax(x, 2)",
                "tokens first | return x.transpose(1, 2)",
                "tokens first, probabilities | return torch.softmax(x, 2).transpose(1, 2)",
                "no batch | return x[0]",
                "a tuple with None | return x, None",
                "a list | return [x]",
                "a dictionary | return {'hidden': x * 2, 'logits': x}",
                "dropout in training | return torch.dropout(x, 0.5, True)",
            })
    void bothEnginesGiveLogProbabilities(String form, String result) {
        Path file = save("def forward(self, wavs):\n" + LOGITS + "    " + result);
        assertBothGive(file, form);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "samples | n",
                "relative | torch.floor(n * wavs.size(1))",
                "a mask | n.to(4).sum(1)",
            })
    void requiredLengthsAreThatOfTheWholeRecording(String meaning, String samples) {
        String code = MASKED.replace("(n - 40", "(" + samples + " - 40");
        assertBothGive(save("def forward(self, wavs, n):\n" + code + "    return x"), meaning);
    }

    @Test
    void anArgumentThatIsNoLengthIsRefused() {
        Path file = save("def forward(self, wavs, n):\n" + LOGITS + "    return x * n.sum()");
        for (Engine engine : List.of(Engine.NATIVE, Engine.LIBTORCH)) {
            assertThatThrownBy(() -> run(file, engine))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("required argument 'n'");
        }
    }

    @Test
    void aTraceForOneLengthRunsAtThatLength() {
        Path file = save("def forward(self, wavs):\n    wavs = wavs.view(1, 16000)\n" + LOGITS + "    return x");
        assertBothGive(file, "fixed length");
    }

    private Path save(String forward) {
        Path file = folder.resolve("model.pt");
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Case"));
            module.define(forward + "\n");
            module.save(file.toString());
        }
        return file;
    }

    private static float[] samples() {
        Random random = new Random(11);
        float[] samples = new float[16_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.3 * random.nextGaussian());
        }
        return samples;
    }

    private static LogProbs run(Path file, Engine engine) {
        try (AcousticModel model = QuantSession.builder()
                .model(file)
                .engine(engine)
                .fallback(false)
                .acousticModel()) {
            return model.run(samples());
        }
    }

    private static void assertBothGive(Path file, String form) {
        float[] samples = samples();
        int frames = (samples.length - 40) / 20 + 1;
        float[] expected = new float[frames * VOCABULARY];
        for (int t = 0; t < frames; t++) {
            double sum = 0;
            for (int v = 0; v < VOCABULARY; v++) {
                sum += Math.exp(3.0 * samples[20 * t + v]);
            }
            for (int v = 0; v < VOCABULARY; v++) {
                expected[t * VOCABULARY + v] = (float) (3.0 * samples[20 * t + v] - Math.log(sum));
            }
        }
        for (Engine engine : List.of(Engine.NATIVE, Engine.LIBTORCH)) {
            LogProbs got = run(file, engine);
            assertThat(got.vocabulary()).as("%s on %s", form, engine).isEqualTo(VOCABULARY);
            assertThat(got.data()).as("%s on %s", form, engine).containsExactly(expected, within(1e-4f));
        }
    }
}
