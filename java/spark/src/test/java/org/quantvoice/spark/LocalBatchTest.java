package org.quantvoice.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code qv batch} calls: words in, progress meanwhile, numbers at the end. */
class LocalBatchTest {
    @TempDir
    Path dir;

    @Test
    void progressGoesUpToTheEnd() throws IOException {
        Path archive = Files.createDirectory(dir.resolve("archive"));
        for (Path file : LocalSpark.recordings(3)) {
            Files.copy(file, archive.resolve(file.getFileName()));
        }
        JoinedWav.write(archive.resolve("long.wav"), LocalSpark.recordings(40), 1, 0.5);
        Queue<String> told = new ConcurrentLinkedQueue<>();
        Map<String, Object> summary = new LocalBatch()
                .apply(
                        List.of(
                                "local[2]",
                                archive.toString(),
                                "-o",
                                dir.resolve("out").toString(),
                                "--part",
                                "60"),
                        told::add);
        assertThat(summary)
                .containsEntry("recordings", 4)
                .containsEntry("heard", 4)
                .containsEntry("failed", 0)
                .containsEntry("doneBefore", 0)
                .containsEntry("failures", List.of());
        assertThat((Double) summary.get("rtf")).isPositive();
        assertThat(told)
                .allMatch(
                        t -> t.matches("\\d+\\.\\d\\d of \\d+\\.\\d\\d h of audio(, RTF \\d\\.\\d{4}, \\d+ s left)?"));
        List<Double> hours =
                told.stream().map(t -> Double.valueOf(t.split(" ")[0])).toList();
        assertThat(hours).isSorted();
        double audio = (Double) summary.get("audioSeconds") / 3600;
        assertThat(hours.get(hours.size() - 1)).as("at the end").isBetween(audio - 0.01, audio + 0.01);
    }
}
