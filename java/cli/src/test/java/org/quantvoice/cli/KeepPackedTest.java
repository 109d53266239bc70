package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.internal.exec.KeptWeights;

/** {@code --keep-packed} on real models: the same words, from a file that is written once. */
final class KeepPackedTest {
    private static final Path AUDIO = Qv.ROOT.resolve("examples/audio/george-02.flac");

    @TempDir
    Path folder;

    @Test
    void aModelOfWholeUtterancesIsTheSameFromItsPackedFile() throws IOException {
        Path model = Files.copy(Qv.DIGITS.resolve("model/digits.qv"), folder.resolve("digits.qv"));
        Files.copy(Qv.DIGITS.resolve("model/tokens.json"), folder.resolve("digits.tokens.json"));
        isTheSame(model, "transcribe", "--json", "--model", model, AUDIO);
    }

    @Test
    void aStreamingModelIsTheSameFromItsPackedFile() throws IOException {
        Path model = folder.resolve("u2.qv");
        Qv.Result made = Qv.run("quantize", "u2-digits", "-o", model);
        assertThat(made.code()).as(made.toString()).isZero();
        isTheSame(model, "transcribe", "--json", "--model", model, AUDIO);
    }

    private static void isTheSame(Path model, Object... command) throws IOException {
        Object[] keeping = new Object[command.length + 1];
        System.arraycopy(command, 0, keeping, 0, command.length);
        keeping[command.length] = "--keep-packed";
        Qv.Result plain = Qv.run(command);
        assertThat(plain.code()).as(plain.toString()).isZero();
        assertThat(KeptWeights.file(model)).doesNotExist();
        assertThat(words(Qv.run(keeping))).isEqualTo(words(plain));
        Object first = key(KeptWeights.file(model));
        assertThat(words(Qv.run(keeping))).isEqualTo(words(plain));
        assertThat(key(KeptWeights.file(model))).as("written once").isEqualTo(first);
    }

    private static Object key(Path file) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        return found.fileKey() == null ? found.creationTime() : found.fileKey();
    }

    /** What was heard, with times and confidences, without how long it took. */
    private static String words(Qv.Result result) {
        assertThat(result.code()).as(result.toString()).isZero();
        String words = result.json().findValues("words").toString();
        assertThat(words).contains("start");
        return words;
    }

    @Test
    void modelsThatHaveNoneAreRefused() {
        Qv.Result imported = Qv.run("transcribe", "--model", Qv.FLOAT, "--keep-packed", AUDIO);
        assertThat(imported.code()).isEqualTo(1);
        assertThat(imported.err()).contains("keepPacked").contains("a .qv file");
        Qv.Result other = Qv.run("transcribe", "--model", Qv.FLOAT, "--engine", "LIBTORCH", "--keep-packed", AUDIO);
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("keepPacked and the engine LIBTORCH");
    }
}
