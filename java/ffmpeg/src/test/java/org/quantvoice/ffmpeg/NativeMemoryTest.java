package org.quantvoice.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What FFmpeg allocates is given back: by reading to the end, by closing midway, and by failing. */
class NativeMemoryTest {
    /** The buffer alone that each stream has is 32 KiB, so that one which stays shows up as 13 MB. */
    private static final long MAX_GROWTH = NativeMemoryProbe.ROUNDS * 32_768L / 2;

    /** In a JVM of its own, whose heap takes all its memory at the start, so that only native memory can grow. */
    @Test
    void givesBackWhatItTakes() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:+AlwaysPreTouch",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NativeMemoryProbe.class.getName()))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(Long.parseLong(printed)).as("bytes of growth").isLessThan(MAX_GROWTH);
    }
}
