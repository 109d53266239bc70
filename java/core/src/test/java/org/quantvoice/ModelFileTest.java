package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;

/** What is known of models that are not loaded. */
class ModelFileTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models/digits/model/digits.qv");

    @TempDir
    Path folder;

    @Test
    void tellsOfAFileWhatItTellsOfTheSameModelInAJar() {
        ModelFile file = ModelFile.of(DIGITS);
        ModelFile embedded = ModelFile.embedded("digits");
        assertThat(file.modules()).extracting(ModuleInfo::type).contains("Conv1d", "Linear");
        assertThat(embedded.modules()).isEqualTo(file.modules());
        assertThat(embedded.provenance()).isEqualTo(file.provenance()).containsKey("source");
        assertThat(embedded.streaming()).isEmpty();
        assertThat(embedded.frontEnd()).as("a model of samples").isEmpty();
        assertThat(embedded.hasTokens()).isTrue();
        assertThat(embedded.path()).hasSameBinaryContentAs(DIGITS);
        assertThat(ModelFile.named("digits").path()).isEqualTo(embedded.path());
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertThatThrownBy(() -> ModelFile.embedded("klingon"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("klingon");
        ModelFile absent = ModelFile.of(folder.resolve("absent.qv"));
        assertThatThrownBy(absent::modules).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(absent::path).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(absent::frontEnd).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void aFileIsWrittenUnderItsOwnNameOnly() {
        Path target = folder.resolve("model.pt");
        assertThatThrownBy(() -> ModelFile.embedded("digits").convertTo(target, false))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining(".qv");
        assertThat(Files.exists(target)).isFalse();
    }
}
