package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.ScaleObjective;

/** A TorchScript file is deserialised once, however much is asked of it while a session is built. */
class OpenedOnceTest {
    private static final Path MODELS = Path.of(System.getProperty("quantvoice.root"), "models");
    private static final AudioCorpus SPEECH =
            AudioCorpus.tsv(MODELS.resolve("digits/calib/calib.tsv")).limit(1);

    /** Models for recordings as a whole, and for streams with four methods, each a graph. */
    private enum Model {
        DIGITS("digits/model/digits-float.pt"),
        U2("u2-digits/model/u2-digits-float.pt");

        private final Path file;

        Model(String file) {
            this.file = MODELS.resolve(file);
        }

        QuantSessionBuilder builder() {
            return QuantSession.builder().model(file).threads(1);
        }
    }

    private static long loads(Runnable work) {
        long before = ScriptModule.loads();
        work.run();
        return ScriptModule.loads() - before;
    }

    private static long loads(QuantSessionBuilder builder, Engine expected) {
        return loads(() -> {
            try (QuantSession session = builder.build()) {
                assertThat(session.info().engine()).isEqualTo(expected);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void asItIs(Model model) {
        assertThat(loads(model.builder(), Engine.NATIVE)).isEqualTo(1);
        assertThat(loads(model.builder().verify(false), Engine.NATIVE)).isEqualTo(1);
    }

    /** The modules are listed first, for the advice. */
    @ParameterizedTest
    @EnumSource
    void withTheUsualQuantization(Model model) {
        assertThat(loads(model.builder().int8(), Engine.NATIVE)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void withARecipe(Model model) {
        Quantization fixed =
                Quantization.recipe().staticInt8("encoder").calibrateOn(SPEECH).build();
        assertThat(loads(model.builder().quantize(fixed), Engine.NATIVE)).isEqualTo(1);
    }

    /** HESSIAN asks for gradients too, which libtorch computes with the same module. */
    @ParameterizedTest
    @EnumSource(names = {"MSE", "HESSIAN"})
    void withABudget(ScaleObjective objective) {
        Quantization budget = Quantization.toBudget(DataSize.bytes(800_000))
                .tuneOn(SPEECH)
                .objective(objective)
                .build();
        assertThat(loads(Model.DIGITS.builder().quantize(budget), Engine.NATIVE))
                .isEqualTo(1);
    }

    /** The float file once; the int8 file that it becomes is read to check it, and again to run it. */
    @ParameterizedTest
    @EnumSource
    void onLibtorch(Model model) {
        assertThat(loads(model.builder().engine(Engine.LIBTORCH), Engine.LIBTORCH))
                .isEqualTo(1);
        assertThat(loads(model.builder().engine(Engine.LIBTORCH).int8(), Engine.LIBTORCH))
                .isEqualTo(1 + 2);
    }

    @Test
    void aFileThatIsRefusedBeforeItIsNeededIsNotLoaded() {
        QuantSessionBuilder deaf = Model.DIGITS.builder().localAttention(8, 8, 0);
        assertThat(loads(() -> assertThatThrownBy(deaf::build).isInstanceOf(ModelFormatException.class)))
                .isZero();
    }

    /** What libtorch runs instead was loaded by the importer that refused it. */
    @Test
    void anotherEngineTakesTheSameModule() {
        Path sorted = Path.of("src/test/resources/graph/sorted.pt");
        assertThat(loads(() -> QuantSession.builder()
                        .model(sorted)
                        .threads(1)
                        .acousticModel()
                        .close()))
                .isEqualTo(1);
    }
}
