package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live recognition on the command line: error rates of streams, int8 files, options that make no sense. */
final class LiveCommandsTest {
    private static final Path TEST = Qv.DIGITS.resolve("test/test.tsv");

    @Test
    void aStreamingModelIsQuantizedAndHeard(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("u2.qv");
        Qv.Result made = Qv.run("quantize", "u2-digits", "-o", file, "--json");
        assertThat(made.code()).as(made.toString()).isZero();
        assertThat(made.json().get("bytesAfter").asLong()).isCloseTo(Files.size(file), Offset.offset(400_000L));
        JsonNode heard = Qv.run(
                        "eval", "--live", "--chunk", 8, "--left", 4, "--model", file, TEST, "--limit", 5, "--json")
                .json();
        assertThat(heard.get("wer").asDouble()).isZero();
        assertThat(heard.get("chunk").asInt()).isEqualTo(8);
        assertThat(heard.get("leftChunks").asInt()).isEqualTo(4);
        assertThat(heard.get("latencySeconds").asDouble()).isCloseTo(0.365, Offset.offset(1e-9));
        assertThat(heard.get("engine").asText()).isEqualTo("NATIVE");
        assertThat(heard.get("chunkSecondsP99").asDouble())
                .isGreaterThanOrEqualTo(heard.get("chunkSecondsP50").asDouble());
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        assertThat(Qv.run("eval", "--live", "--chunk", 0, TEST).code()).isEqualTo(2);
        assertThat(Qv.run("eval", "--live", "--table", "--static", "a", "--dynamic", "b", TEST)
                        .code())
                .isEqualTo(2);
        assertThat(Qv.run("serve", "--float", "--dynamic", "encoder").code()).isEqualTo(2);
        Qv.Result left = Qv.run("eval", "--live", "--left", -2, "--model", "u2-digits", TEST, "--limit", 1);
        assertThat(left.code()).as(left.toString()).isEqualTo(1);
        assertThat(left.err()).contains("-2 left chunks");
    }
}
