package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.UnsupportedOperatorException;

/** A model that takes shorter recordings than its graph, some parts of which would be empty then. */
class ShortRecordingTest {
    private static final int SHORT = 4_000;

    @TempDir
    Path folder;

    private Path model() {
        Path file = folder.resolve("parts.pt");
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Parts"));
            module.define(
                    """
                    def forward(self, wavs):
                        x = wavs.unfold(1, 400, 160)[:, :, :5]
                        return torch.cat([x[:, :50] * 2.0, x[:, 50:]], 1)
                    """);
            module.save(file.toString());
        }
        return file;
    }

    @Test
    void isLeftToLibtorch() {
        Path file = model();
        QuantSessionBuilder builder = QuantSession.builder().model(file).threads(1);
        try (AcousticModel model = builder.acousticModel()) {
            assertThat(model.info().engine()).isEqualTo(Engine.LIBTORCH);
            assertThat(model.run(new float[SHORT]).frames()).isEqualTo((SHORT - 400) / 160 + 1);
        }
    }

    @Test
    void isRefusedWhereOnlyTheNativeEngineWillDo() {
        Path file = model();
        QuantSessionBuilder builder =
                QuantSession.builder().model(file).threads(1).fallback(false);
        assertThatThrownBy(builder::acousticModel)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("of a model that takes " + SHORT);
        Path target = folder.resolve("parts.qv");
        assertThatThrownBy(() -> ModelFile.of(file).convertTo(target, true))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("of a model that takes " + SHORT);
        assertThat(target).doesNotExist();
    }
}
