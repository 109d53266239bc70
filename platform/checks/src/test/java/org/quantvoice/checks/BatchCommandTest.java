package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./qv batch} from end to end: the script, Spark's jars and ours, in a JVM of its own; one recording of three is bad. */
class BatchCommandTest {
    @TempDir
    Path dir;

    private Path archive;

    @BeforeEach
    void makeArchive() throws IOException {
        archive = Files.createDirectory(dir.resolve("an archive #1"));
        Files.copy(Jars.RECORDING, archive.resolve("one.flac"));
        Files.copy(Jars.RECORDING, archive.resolve("zwei %20ö.flac"));
        Files.writeString(archive.resolve("notes.txt"), "no sound");
    }

    private Child.Result qv(String format, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Jars.ROOT.resolve("qv").toString(), "batch"));
        command.addAll(List.of(archive.toString(), "-o", dir.resolve(format).toString()));
        command.addAll(List.of("--format", format, "--master", "local[2]"));
        command.addAll(List.of(options));
        return Child.run(command, Map.of("QV_NO_BUILD", "1"));
    }

    private String written(String format) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(dir.resolve(format))) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("part-"))
                    .toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Test
    void failuresAreListedAndDecideWithStrictOnly() throws Exception {
        Child.Result lenient = qv("jsonl");
        assertThat(lenient.code()).as("%s", lenient).isZero();
        assertThat(lenient.err())
                .contains("error: file:" + archive.resolve("notes.txt") + ": got ")
                .containsPattern(
                        "3 recordings: 2 heard, 1 failed, 0 done before; 0\\.00 h of audio in .* s \\(RTF \\d+\\.");
        assertThat(written("jsonl").split(Jars.WORDS)).hasSize(3);
        Child.Result strict = qv("csv", "--strict");
        assertThat(strict.code()).as("%s", strict).isEqualTo(1);
        assertThat(written("csv").split(Jars.WORDS)).as("all is written first").hasSize(3);
        assertThat(written("csv")).contains("AudioFormatException");
    }

    @Test
    void aRunGoesOnWhereOneWas() throws Exception {
        Child.Result first = qv("srt-files", "--glob", "*.flac", "--strict");
        assertThat(first.code()).as("%s", first).isZero();
        for (String name : List.of("one.flac.srt", "zwei %20ö.flac.srt")) {
            assertThat(dir.resolve("srt-files").resolve(name)).content().contains(Jars.WORDS);
        }
        Child.Result again = qv("srt-files", "--glob", "*.flac");
        assertThat(again.code()).as("%s", again).isEqualTo(1);
        assertThat(again.err()).startsWith("error: got ").contains("which is there already");
        Child.Result resumed = qv("srt-files", "--resume", "--json");
        assertThat(resumed.code()).as("%s", resumed).isZero();
        JsonNode summary = new ObjectMapper().readTree(resumed.out());
        assertThat(summary.get("doneBefore").asInt()).isEqualTo(2);
        assertThat(summary.get("heard").asInt()).isZero();
        assertThat(summary.get("failed").asInt()).isEqualTo(1);
        assertThat(summary.get("failures").get(0).get("path").asText()).endsWith("notes.txt");
    }
}
