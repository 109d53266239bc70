package org.quantvoice.lm;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes that may be ARPA text, plain or packed; {@code mvn -Pfuzz verify} fuzzes, other runs try the seeds. */
class ArpaFuzzTest {
    private static final int LONGEST_SEED = 8000;

    @MethodSource("seeds")
    @Timeout(value = 15, unit = TimeUnit.SECONDS)
    // In libFuzzer's spelling: \x5c is a backslash, \x09 a tab.
    @DictionaryEntries({
        "\\x5cdata\\x5c",
        "\\x5c1-grams:",
        "\\x5c6-grams:",
        "\\x5cend\\x5c",
        "ngram 2=",
        "\\x09-99\\x09",
        "\\x0d\\x0a",
        "<unk>",
        "<s>",
        "</s>"
    })
    @FuzzTest(maxDuration = "60s")
    void opensOrRefuses(byte[] content) {
        DamagedModel.opensOrRefuses(content, "fuzzed.arpa", 0, "an input of the fuzzer");
    }

    static Stream<byte[]> seeds() throws IOException {
        byte[] small = Files.readAllBytes(ReferenceScores.VARIANTS.resolve("cases/kenlm/small2.arpa"));
        byte[] unknown = Files.readAllBytes(ReferenceScores.VARIANTS.resolve("cases/kenlm/nounk3.arpa"));
        byte[] letters = beginning(Files.readString(ReferenceScores.DECODER.resolve("lm/kjvchar5.arpa")));
        List<byte[]> seeds = new ArrayList<>(List.of(small, unknown, letters));
        for (byte[] plain : List.copyOf(seeds)) {
            seeds.add(packed(plain));
        }
        seeds.add("\\data\\\nngram 1=3\n\n\\1-grams:\n-1\t<unk>\n-1\t<s>\n-1\t</s>\n\n\\end\\\n"
                .getBytes(StandardCharsets.UTF_8));
        return seeds.stream();
    }

    /** Counts that promise more than follows: a sound beginning, refused at its end. */
    private static byte[] beginning(String text) {
        return text.substring(0, LONGEST_SEED).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] packed(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }
}
