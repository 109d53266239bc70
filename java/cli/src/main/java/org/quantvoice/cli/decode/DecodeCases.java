package org.quantvoice.cli.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.quantvoice.error.DecoderException;

/** Runs a folder of reference cases: the case folders, the packed tiny cases and the n-gram parity data. */
public final class DecodeCases {
    private DecodeCases() {}

    /** Runs the cases without the binary forms of the language models. */
    public static int run(Path casesDir, Path answers) throws IOException {
        return run(casesDir, answers, false);
    }

    /**
     * Writes one answer per line, in the order of the cases.
     *
     * @param binaries also score the n-gram sentences with the binary forms of their models
     * @return the number of answers
     */
    public static int run(Path casesDir, Path answers, boolean binaries) throws IOException {
        if (!Files.isDirectory(casesDir)) {
            throw new DecoderException(
                    "no folder " + casesDir,
                    "a folder of decoder cases",
                    "pass the folder that holds the case folders");
        }
        int[] count = {0};
        try (CaseFiles files = new CaseFiles(casesDir);
                BufferedWriter out = Files.newBufferedWriter(answers)) {
            CaseDecoder decoder = new CaseDecoder(files);
            for (Path folder : caseFolders(casesDir)) {
                write(decoder.answer(folder), out, count);
            }
            Path tiny = casesDir.resolve("brute_force_tiny.json");
            if (Files.exists(tiny)) {
                for (JsonNode test : files.json(tiny).path("cases")) {
                    write(TinyCases.answer(test), out, count);
                }
            }
            new NgramCases(files, binaries).answer(answer -> write(answer, out, count));
        }
        return count[0];
    }

    private static List<Path> caseFolders(Path casesDir) throws IOException {
        try (Stream<Path> entries = Files.list(casesDir)) {
            return entries.filter(entry -> Files.exists(entry.resolve("case.json")))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private static void write(ObjectNode answer, BufferedWriter out, int[] count) {
        try {
            out.write(CaseFiles.JSON.writeValueAsString(answer));
            out.newLine();
            count[0]++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
