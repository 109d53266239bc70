package org.quantvoice.torch.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.UnsupportedOperatorException;

/** Whole models from a TorchScript file to log-probs, against PyTorch's recorded results (graph_fixtures.py). */
class RecogniserTest {
    private static final double TOLERANCE = 1e-4;

    @TempDir
    Path folder;

    private static QuantSessionBuilder builder(String name) {
        return QuantSession.builder().model(Fixtures.path(name + ".pt"));
    }

    private static void assertAsRecorded(AcousticModel model, String name) {
        LogProbs got = model.run(Fixtures.npy(name + ".in.npy").floats());
        assertThat(got.data()).containsExactly(Fixtures.npy(name + ".out.npy").floats(), within((float) TOLERANCE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void recurrencesAndConvolutionsOfTwoAxesRunNatively(int threads) {
        try (AcousticModel model = builder("recurrent")
                .engine(Engine.NATIVE)
                .fallback(false)
                .threads(threads)
                .acousticModel()) {
            assertThat(model.info().engine()).isEqualTo(Engine.NATIVE);
            assertAsRecorded(model, "recurrent");
            model.save(folder.resolve("recurrent.qv"));
        }
        try (AcousticModel saved = QuantSession.builder()
                .model(folder.resolve("recurrent.qv"))
                .threads(threads)
                .acousticModel()) {
            assertAsRecorded(saved, "recurrent");
        }
    }

    @Test
    void recurrentModelsQuantizeAndStayClose() {
        try (AcousticModel model = builder("recurrent")
                .engine(Engine.NATIVE)
                .fallback(false)
                .quantize(Quantization.recipe().dynamicInt8("").build())
                .acousticModel()) {
            float[] exact = Fixtures.npy("recurrent.out.npy").floats();
            float[] got = model.run(Fixtures.npy("recurrent.in.npy").floats()).data();
            double product = 0;
            double squares = 0;
            double others = 0;
            for (int i = 0; i < exact.length; i++) {
                product += (double) exact[i] * got[i];
                squares += (double) exact[i] * exact[i];
                others += (double) got[i] * got[i];
            }
            assertThat(product / Math.sqrt(squares * others)).as("cosine").isGreaterThan(0.999);
        }
    }

    @Test
    void anUnknownOperatorFallsBackWithOneWarningThatNamesIt() {
        AcousticModel[] opened = new AcousticModel[1];
        List<String> warnings = warningsOf(() -> opened[0] = builder("sorting").acousticModel());
        try (AcousticModel model = opened[0]) {
            assertThat(warnings).singleElement().asString().contains("aten::sort", "pool.1", "LIBTORCH");
            assertThat(model.info().engine()).isEqualTo(Engine.LIBTORCH);
            assertAsRecorded(model, "sorting");
        }
    }

    @Test
    void withoutFallbackAnUnknownOperatorIsRefused() {
        List<String> warnings = warningsOf(() -> {
            assertThatThrownBy(() -> builder("sorting").fallback(false).acousticModel())
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("aten::sort")
                    .hasMessageContaining("pool.1");
            return null;
        });
        assertThat(warnings).isEmpty();
    }

    /** Lines of warnings and errors that the logger of the tests prints meanwhile. */
    private static List<String> warningsOf(Supplier<?> action) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            action.get();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .toList();
    }
}
