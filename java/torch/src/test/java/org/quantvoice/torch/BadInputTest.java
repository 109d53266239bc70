package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.torch.script.Libtorch;

class BadInputTest {
    @TempDir
    Path folder;

    @Test
    void missingFile() {
        assertThat(refused(folder.resolve("none.pt"))).hasMessageContaining("no file at");
        assertThat(refused(folder)).hasMessageContaining("no file at");
    }

    @Test
    void fileCutAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(Digits.MODEL);
        for (int cut = 0; cut < 20; cut++) {
            int length = (int) ((long) whole.length * cut / 20) + (cut == 19 ? whole.length / 20 - 1 : 0);
            Path file = folder.resolve("cut-" + length + ".pt");
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(refused(file))
                    .as("cut at %d of %d", length, whole.length)
                    .isNotNull();
        }
    }

    @Test
    void damagedCode() throws IOException {
        byte[] bytes = Files.readAllBytes(Digits.MODEL);
        int pickle = indexOf(bytes, "data.pkl") + 100;
        bytes[pickle] ^= 0x20;
        Path file = Files.write(folder.resolve("damaged.pt"), bytes);
        assertThat(refused(file)).hasMessageContaining("damaged part");
    }

    @Test
    void otherKindsOfFiles() throws IOException {
        Path text = Files.writeString(folder.resolve("text.pt"), "these are not the weights\n");
        assertThat(refused(text)).hasMessageContaining("a text file");
        Path pickle = Files.write(folder.resolve("old.pt"), new byte[] {(byte) 0x80, 2, 'c', 0});
        assertThat(refused(pickle)).hasMessageContaining("pickle");
        assertThat(refused(Files.write(folder.resolve("empty.pt"), new byte[0])))
                .hasMessageContaining("empty");
        Path zip = folder.resolve("zip.pt");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("readme.txt"));
            out.write(1);
        }
        assertThat(refused(zip)).hasMessageContaining("without data.pkl");
        assertThat(refused(small("state-dict.pt"))).hasMessageContaining("without code");
    }

    @ParameterizedTest
    @ValueSource(strings = {"writes.pt", "reads.pt"})
    void codeThatTouchesFiles(String name) {
        assertThat(refused(small(name)))
                .hasMessageContaining("a call of torch.")
                .hasMessageContaining("line");
    }

    @Test
    void unknownModuleListsNearNames() {
        assertThatThrownBy(() -> quantize(List.of(Digits.W2V + "feature_extracter"), List.of(), true))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("near names: " + Digits.W2V + "feature_extractor,");
        assertThatThrownBy(() -> quantize(List.of(), List.of("enc"), false)).isInstanceOf(QuantizationException.class);
    }

    @Test
    void moduleThatTheMethodCannotTake() {
        assertThatThrownBy(() -> quantize(List.of(), List.of(Digits.W2V + "feature_extractor"), false))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("can take it: static");
        assertThatThrownBy(() -> quantize(List.of("encoder.enc.bn1"), List.of(), true))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("it has none");
        assertThatThrownBy(() -> quantize(List.of("ctc_lin"), List.of("ctc_lin"), true))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("one method");
    }

    @Test
    void staticWithoutAudio() {
        assertThatThrownBy(() -> quantize(Digits.STATIC, List.of(), false))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("no calibration audio");
    }

    @Test
    void audioShorterThanTheWindow() {
        try (AcousticModel model = Digits.openFloat()) {
            for (int samples : new int[] {1, 9, 10, 399}) {
                assertThatThrownBy(() -> model.run(new float[samples]))
                        .isInstanceOf(AudioFormatException.class)
                        .hasMessageContaining("at least 400 samples");
            }
            assertThat(model.run(new float[400]).frames()).isEqualTo(1);
        }
    }

    /** libtorch's int8 convolutions do not check: they return garbage or crash. Our model must not let them. */
    @Test
    void audioShorterThanTheWindowOfInt8() {
        AcousticModel model = SharedModels.tutorial(Backend.QNNPACK);
        Path file = folder.resolve("int8.pt");
        model.save(file);
        ModelRequest request =
                new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none());
        try (AcousticModel again = new TorchEngine().open(request)) {
            for (AcousticModel m : List.of(model, again)) {
                for (int samples : new int[] {1, 10, 120, 399}) {
                    assertThatThrownBy(() -> m.run(new float[samples]))
                            .isInstanceOf(AudioFormatException.class)
                            .hasMessageContaining("at least 400 samples");
                }
                assertThat(m.run(new float[400]).frames()).isEqualTo(1);
            }
        }
    }

    @Test
    void unwritableOutputLeavesTheOldFileWhole() throws IOException {
        try (AcousticModel model = Digits.openFloat()) {
            Path old = Files.writeString(folder.resolve("old.pt"), "old");
            assertThatThrownBy(() -> model.save(old.resolve("model.pt"))).isInstanceOf(OutputException.class);
            assertThatThrownBy(() -> model.save(folder.resolve("none/model.pt")))
                    .isInstanceOf(OutputException.class);
            Path taken = Files.createDirectories(folder.resolve("taken.pt/inside"));
            assertThatThrownBy(() -> model.save(taken.getParent())).isInstanceOf(OutputException.class);
            assertThat(old).hasContent("old");
            assertThat(folder).isDirectoryNotContaining("glob:**.qv-*");
            model.save(old);
            assertThat(Files.size(old)).isGreaterThan(9_000_000);
        }
    }

    @Test
    void messagesAreShort() {
        QuantVoiceException e = refused(small("state-dict.pt"));
        assertThat(e.getMessage())
                .doesNotContain("frame #")
                .doesNotContain("\n")
                .hasSizeLessThan(500);
        assertThat(Libtorch.brief(new RuntimeException("The following operation failed\nTraceback of TorchScript\n"
                        + "RuntimeError: Kernel size too big\nException raised from x at y\nframe #0: z")))
                .isEqualTo("Kernel size too big");
    }

    static Path small(String name) {
        return Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/models", name);
    }

    private static ModelFormatException refused(Path file) {
        ModelRequest request =
                new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none());
        ModelFormatException fromTree =
                catchThrowableOfType(ModelFormatException.class, () -> new TorchEngine().modules(file));
        assertThat(fromTree).isNotNull();
        return catchThrowableOfType(ModelFormatException.class, () -> new TorchEngine().open(request));
    }

    private static void quantize(List<String> statics, List<String> dynamics, boolean audio) {
        QuantRecipe recipe = new QuantRecipe(statics, dynamics, ActivationObserver.MIN_MAX, true);
        new TorchEngine()
                .open(new ModelRequest(
                        Digits.MODEL,
                        Optional.of(recipe),
                        audio ? Digits.calibration().subList(0, 1) : List.of(),
                        Optional.of(Backend.FBGEMM),
                        1,
                        Progress.none()))
                .close();
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
