package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.engine.spi.EngineProvider;

class FloatModelTest {
    private static AcousticModel model;

    @BeforeAll
    static void open() {
        model = Digits.openFloat();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void isFoundByServiceLoader() {
        assertThat(ServiceLoader.load(EngineProvider.class))
                .anyMatch(p -> p.engine().equals(Engine.LIBTORCH) && p.reads(Digits.MODEL));
    }

    @Test
    void logProbsEqualPyTorch() {
        int compared = 0;
        for (Digits.Utterance u : Digits.test()) {
            Path reference = Digits.ROOT.resolve("ref/" + u.id() + ".npy");
            if (Files.exists(reference)) {
                LogProbs got = model.run(u.audio().samples());
                assertThat(got.vocabulary()).isEqualTo(17);
                assertThat(got.data()).as(u.id()).containsExactly(Digits.npy(reference), within(1e-4f));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(10);
    }

    @Test
    void wordsEqualPyTorch() {
        Digits.Rates rates = Digits.rates(model);
        assertThat(Digits.referenceHypotheses()).containsAllEntriesOf(rates.hypotheses());
        assertThat(rates.wer()).isEqualTo(2.044, within(0.001));
        assertThat(rates.cer()).isEqualTo(0.957, within(0.001));
    }

    @Test
    void moduleTreeNamesEveryLayer() {
        List<ModuleInfo> modules = new TorchEngine().modules(Digits.MODEL);
        assertThat(modules.get(0).parameters()).isEqualTo(2_334_225);
        assertThat(modules.get(0).bytes()).isEqualTo(4 * 2_334_225);
        ModuleInfo conv = find(modules, Digits.W2V + "feature_extractor.conv_layers.0.conv");
        assertThat(conv.type()).isEqualTo("Conv1d");
        assertThat(conv.weightShape()).containsExactly(128L, 1L, 10L);
        assertThat(conv.quantizable()).containsExactly("static");
        ModuleInfo linear = find(modules, "encoder.enc.linear1.w");
        assertThat(linear.type()).isEqualTo("Linear");
        assertThat(linear.quantizable()).containsExactly("dynamic", "float16", "static");
        assertThat(find(modules, "encoder.enc.bn1.norm").quantizable()).isEmpty();
        assertThat(find(modules, "encoder").quantizable()).containsExactly("dynamic", "float16", "static");
    }

    private static ModuleInfo find(List<ModuleInfo> modules, String path) {
        return modules.stream().filter(m -> m.path().equals(path)).findFirst().orElseThrow();
    }
}
