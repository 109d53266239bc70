package org.quantvoice.plan;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes that may be a {@code .qv} file, read, planned, packed and run; {@code mvn -Pfuzz verify} fuzzes. */
class QvFuzzTest {
    @MethodSource("seeds")
    @Timeout(value = 10, unit = TimeUnit.SECONDS)
    @FuzzTest(maxDuration = "60s")
    void runsOrRefuses(byte[] content) throws IOException {
        Path folder = Files.createTempDirectory("quantvoice-fuzz");
        try {
            new DamagedFile(folder).runsOrRefuses(content, "an input of the fuzzer");
        } finally {
            Files.deleteIfExists(folder.resolve("damaged.qv"));
            Files.delete(folder);
        }
    }

    static Stream<byte[]> seeds() throws IOException {
        Path folder = Files.createTempDirectory("quantvoice-fuzz");
        Path file = folder.resolve("seed.qv");
        try {
            byte[] transformer = Files.readAllBytes(SmallModels.write(SmallModels.transformer(), file));
            byte[] recurrent = Files.readAllBytes(SmallModels.write(SmallModels.recurrent(), file));
            return Stream.of(transformer, recurrent);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }
}
