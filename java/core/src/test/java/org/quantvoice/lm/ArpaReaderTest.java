package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.ModelFormatException;

class ArpaReaderTest {
    private static final String SOUND =
            """
            \\data\\
            ngram 1=5
            ngram 2=3
            ngram 3=1

            \\1-grams:
            -1.0\t<unk>
            -99\t<s>\t-0.3
            -0.9\t</s>
            -0.5\ta\t-0.2
            -0.7\tb\t-0.1

            \\2-grams:
            -0.3\t<s> a\t-0.4
            -0.2\ta b
            -0.6\tb </s>

            \\3-grams:
            -0.1\t<s> a b

            \\end\\
            """;

    @TempDir
    Path folder;

    private LanguageModel open(String text) throws IOException {
        return LanguageModel.open(Files.write(folder.resolve("lm.arpa"), text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Replaces a piece of the sound file (¶ = new line, → = tab) and names the line and the words of the message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ngram 2=3          | ngram 2=4                | 17 | 2-gram 4 of 4",
                "ngram 2=3          | ngram 2=2                | 16 | \\3-grams:",
                "ngram 2=3          | ngram 2=-1               | 3  | ngram 2=<count>",
                "ngram 2=3          | ngram 3=3                | 3  | ngram 2=<count>",
                "ngram 2=3          | ngram 2=99999999999999999999 | 3 | ngram 2=<count>",
                "ngram 2=3          | ngram 2=999999999999999  | 17 | 2-gram 4 of 999999999999999",
                "-0.5→a             | nan→a                    | 10 | \"nan\"",
                "-0.5→a             | NaN→a                    | 10 | \"NaN\"",
                "-0.5→a             | 0.5→a                    | 10 | at most 0",
                "-0.5→a             | inf→a                    | 10 | at most 0",
                "-0.5→a             | 0x1p3→a                  | 10 | a number",
                "-0.5→a             | -0.5f→a                  | 10 | a number",
                "-0.5→a             | →a                       | 10 | a number",
                "a→-0.2             | a→-inf                   | 10 | back-off",
                "a→-0.2             | a→x                      | 10 | a number",
                "a→-0.2             | a→-0.2→7                 | 10 | 1-gram 4 of 5",
                "-0.7→b             | -0.7→a                   | 11 | \"a\" once more",
                "-1.0→<unk>         | -1.0→</s>                | 9  | \"</s>\" once more",
                "-0.2→a b           | -0.2→a c                 | 15 | \"c\"",
                "-0.2→a b           | -0.2→<s> a               | 15 | once more",
                "-0.2→a b           | -0.2→a                   | 15 | 2 words",
                "-0.1→<s> a b       | -0.1→a a b               | 19 | no n-gram",
                "-0.1→<s> a b       | -0.1→<s> a b→-0.5        | 19 | highest order",
                "\\2-grams:         | \\2-gram:                | 13 | \\2-grams:",
                "\\end\\            | \\ende\\                 | 21 | \\end\\",
                "\\end\\            | ¶                        | 22 | cut short",
                "-0.9→</s>          | -0.9→c                   | 11 | without </s>",
                "\\data\\           | something else           | 1  | \\data\\",
                "ngram 1=5          | ¶                        | 2  | counts",
            })
    void isRefusedWithItsLine(String piece, String instead, int line, String message) {
        String damaged = SOUND.replace(spell(piece), spell(instead));
        assertThat(damaged).isNotEqualTo(SOUND);
        assertThatThrownBy(() -> open(damaged))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("line " + line + " of lm.arpa")
                .hasMessageContaining(message);
    }

    private static String spell(String piece) {
        return piece.replace('¶', '\n').replace('→', '\t');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "→               | ' '",
                "¶               | ' ¶'",
                "ngram 2=3       | 'ngram  2 = 3'",
                "<s> a b         | '<s>→a→b→0'",
                "-0.5→           | '-5.0e-01→'",
                "-0.5→           | '-.5→'",
                "-0.5→           | '-0.50000000000000000000000→'",
                "<unk>           | '<UNK>'",
                "\\data\\        | '\uFEFF\\data\\'",
                "\\end\\         | '¶¶\\end\\¶and more'",
            })
    void isReadAllTheSame(String piece, String instead) throws IOException {
        String odd = SOUND.replace(spell(piece), spell(instead));
        assertThat(odd).isNotEqualTo(SOUND);
        try (LanguageModel model = open(odd)) {
            assertThat(ReferenceScores.score(model, "a b c", true, true))
                    .containsExactly(
                            new ReferenceScores.Word(-0.3f, 2, false),
                            new ReferenceScores.Word(-0.1f, 3, false),
                            new ReferenceScores.Word(-1.0f - 0.1f, 1, true),
                            new ReferenceScores.Word(-0.9f, 1, false));
        }
    }

    @Test
    void moreThanSixOrdersAreRefused() {
        String counts = "ngram 3=1\nngram 4=1\nngram 5=1\nngram 6=1\nngram 7=1";
        assertThatThrownBy(() -> open(SOUND.replace("ngram 3=1", counts)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("line 8 of lm.arpa");
    }

    @Test
    void aLineWithoutEndIsRefused() throws IOException {
        byte[] endless = new byte[5 << 20];
        Arrays.fill(endless, (byte) 'x');
        Path file = Files.write(folder.resolve("endless.arpa"), endless);
        assertThatThrownBy(() -> LanguageModel.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("line 1 of endless.arpa");
    }

    /** Time that grows with the square of the line would be hours here. */
    @Test
    void aCountBehindAMegabyteOfBlanksIsRefused() {
        String blanks = " ".repeat(1_000_000);
        assertThatThrownBy(() -> open(SOUND.replace("ngram 2=", "ngram" + blanks + "2" + blanks + "x")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("in line ");
    }

    @Test
    void gzipIsReadAndACutOneRefused() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(SOUND.getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = packed.toByteArray();
        try (LanguageModel model = LanguageModel.open(Files.write(folder.resolve("lm.arpa.gz"), bytes))) {
            assertThat(model.order()).isEqualTo(3);
            assertThat(model.size()).isEqualTo(5);
        }
        for (int length = 2; length < bytes.length; length++) {
            Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> LanguageModel.open(cut))
                    .as("the first %d bytes", length)
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void aMissingFileAndAFolderAreRefused() {
        assertThatThrownBy(() -> LanguageModel.open(folder.resolve("none.arpa")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no file");
        assertThatThrownBy(() -> LanguageModel.open(folder)).isInstanceOf(ModelFormatException.class);
    }
}
