package org.quantvoice.lm;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes that may be a KenLM binary model, mapped and unpacked; {@code mvn -Pfuzz verify} fuzzes, other runs try the seeds.
 */
class KenlmFuzzTest {
    private static final List<String> SMALL = List.of("small2.", "nounk3.");
    /** The forms that only larger models have. */
    private static final List<String> OTHERS = List.of("small5.trie_q4b3.bin", "small5.trie_a3.bin");

    @MethodSource("seeds")
    @Timeout(value = 15, unit = TimeUnit.SECONDS)
    @FuzzTest(maxDuration = "60s")
    void opensOrRefuses(byte[] content) {
        DamagedModel.opensOrRefuses(content, "fuzzed.bin", 0, "an input of the fuzzer, mapped");
        DamagedModel.opensOrRefuses(content, "fuzzed.bin", Long.MAX_VALUE, "an input of the fuzzer, unpacked");
    }

    static Stream<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.list(ReferenceScores.VARIANTS.resolve("cases/kenlm"))) {
            for (Path file : files.filter(KenlmFuzzTest::isSeed).sorted().toList()) {
                seeds.add(Files.readAllBytes(file));
            }
        }
        return seeds.stream();
    }

    private static boolean isSeed(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".bin") && (SMALL.stream().anyMatch(name::startsWith) || OTHERS.contains(name));
    }
}
