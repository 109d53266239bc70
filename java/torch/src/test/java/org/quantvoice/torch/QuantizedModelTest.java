package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.QuantReport.Layer;
import org.quantvoice.quant.QuantReport.Method;

/** Word error rates on all test recordings, against PyTorch's. */
class QuantizedModelTest {
    private static final double FLOAT_WER = 2.044;
    private static final String CONV0 = Digits.W2V + "feature_extractor.conv_layers.0.conv";

    @Test
    void dynamicKeepsWordsAndShrinks() {
        try (AcousticModel model = Digits.open(Backend.FBGEMM, List.of(), Digits.DYNAMIC, true)) {
            QuantReport report = model.report().orElseThrow();
            assertThat(report.layers()).hasSize(27).allMatch(l -> l.method() == Method.DYNAMIC);
            assertThat(report.bytesAfter()).isLessThan((long) (0.42 * report.bytesBefore()));
            assertThat(model.info().modelBytes()).isEqualTo(report.bytesAfter());
            Digits.Rates rates = Digits.rates(model);
            assertThat(rates.wer()).isEqualTo(FLOAT_WER, within(0.2));
            assertThat(rates.cer()).isEqualTo(0.957, within(0.1));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"FBGEMM", "QNNPACK"})
    void tutorialRecipeWithGuardKeepsWords(Backend backend) {
        AcousticModel model = SharedModels.tutorial(backend);
        QuantReport report = model.report().orElseThrow();
        assertThat(report.keptFloat()).extracting(Layer::path).containsExactly(CONV0);
        assertThat(report.keptFloat().get(0).note()).contains("drowns quiet frames");
        assertThat(report.keptFloat().get(0).worstFrameSqnr()).isLessThan(10);
        assertThat(report.layers().stream().filter(l -> l.method() == Method.STATIC))
                .allMatch(l -> l.meanSqnr() > 25 && l.worstFrameSqnr() > 15)
                .extracting(Layer::type)
                .contains("Conv1d", "LayerNorm", "Linear");
        assertThat(report.bytesAfter()).isLessThan((long) (0.33 * report.bytesBefore()));
        assertThat(Digits.rates(model).wer()).isLessThanOrEqualTo(FLOAT_WER + 0.3);
    }

    /** What PyTorch does with this recipe: 90.80 % in models/digits/reference.json. */
    @Test
    void tutorialRecipeWithoutGuardCollapsesAsInPyTorch() {
        try (AcousticModel model = Digits.open(Backend.FBGEMM, Digits.STATIC, Digits.DYNAMIC, false)) {
            assertThat(model.report().orElseThrow().keptFloat()).isEmpty();
            assertThat(Digits.rates(model).wer()).isBetween(80.0, 100.0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"X86", "ONEDNN"})
    void otherBackendsHearTheSameWords(Backend backend) {
        AcousticModel model = SharedModels.tutorial(backend);
        int same = 0;
        int all = 0;
        for (int i = 0; i < Digits.test().size(); i += 8) {
            Digits.Utterance u = Digits.test().get(i);
            String words = Digits.greedy(model.run(u.audio().samples()));
            same += words.equals(Digits.referenceHypotheses().get(u.id())) ? 1 : 0;
            all++;
        }
        assertThat(same).as("of %d", all).isGreaterThanOrEqualTo(all - 1);
    }
}
