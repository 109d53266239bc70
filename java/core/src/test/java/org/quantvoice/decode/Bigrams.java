package org.quantvoice.decode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.quantvoice.lm.LanguageModel;

/** Small bigram models over words of the letters a and b, and over the letters themselves. */
final class Bigrams {
    static final String WORDS = String.join(
            "\n",
            "\\data\\",
            "ngram 1=7",
            "ngram 2=5",
            "",
            "\\1-grams:",
            "-1.3\t<unk>\t0",
            "0\t<s>\t-0.4",
            "-0.9\t</s>\t0",
            "-0.6\ta\t-0.3",
            "-0.8\tb\t-0.2",
            "-1.1\tab\t-0.1",
            "-1.2\tbab\t0",
            "",
            "\\2-grams:",
            "-0.2\t<s> ab",
            "-0.3\tab a",
            "-0.5\ta </s>",
            "-0.1\ta b",
            "-0.7\tb bab",
            "",
            "\\end\\",
            "");

    static final String LETTERS = String.join(
            "\n",
            "\\data\\",
            "ngram 1=6",
            "ngram 2=4",
            "",
            "\\1-grams:",
            "-1.3\t<unk>\t0",
            "0\t<s>\t-0.4",
            "-0.9\t</s>\t0",
            "-0.6\ta\t-0.3",
            "-0.8\tb\t-0.2",
            "-0.7\t|\t-0.1",
            "",
            "\\2-grams:",
            "-0.2\t<s> a",
            "-0.3\ta b",
            "-0.5\tb |",
            "-0.1\t| a",
            "",
            "\\end\\",
            "");

    private Bigrams() {}

    static LanguageModel model(String arpa) {
        try {
            Path file = Files.createTempFile("bigrams", ".arpa");
            try {
                Files.writeString(file, arpa);
                return LanguageModel.open(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
