package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live recognition on the command line: error rates of streams, int8 files, options that make no sense. */
final class LiveCommandsTest {
    private static final Path TEST = Qv.DIGITS.resolve("test/test.tsv");
    private static final String DIGITS = "zero one two three four five six seven eight nine";

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
    void settingsOfStreamsAreKeptInTheFile(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("u2.qv");
        Qv.Result made =
                Qv.run("quantize", "u2-digits", "-o", file, "--chunk", 8, "--left", 4, "--ctc-weight", 0.3, "--json");
        assertThat(made.code()).as(made.toString()).isZero();
        JsonNode expected = new ObjectMapper()
                .readTree("{\"chunk\": 8, \"leftChunks\": 4, \"ctcWeight\": 0.3, \"reverseWeight\": 0.0}");
        assertThat(made.json().get("stream")).isEqualTo(expected);
        Files.delete(dir.resolve("u2.tokens.json"));
        assertThat(Qv.run("inspect", file, "--json").json().get("stream")).isEqualTo(expected);
        assertThat(Qv.run("inspect", file).out())
                .contains("streams: chunks of 8 frames, 4 left, CTC weight 0.3, reverse weight 0.0");
        JsonNode heard = Qv.run("eval", "--live", "--model", file, "--left", -1, TEST, "--limit", 2, "--json")
                .json();
        assertThat(heard.get("chunk").asInt()).isEqualTo(8);
        assertThat(heard.get("leftChunks").asInt()).isEqualTo(-1);
        assertThat(heard.get("ctcWeight").asDouble()).isEqualTo(0.3);
        assertThat(heard.get("reverseWeight").asDouble()).isZero();
    }

    @Test
    void settingsThatTheModelCannotHaveAreRefused(@TempDir Path dir) {
        Qv.Result reverse = Qv.run("quantize", "u2-digits", "-o", dir.resolve("a.qv"), "--reverse-weight", 0.3);
        assertThat(reverse.code()).as(reverse.toString()).isEqualTo(1);
        assertThat(reverse.err()).contains("reverseWeight 0.3 for a model without right-to-left decoder");
        Qv.Result waveform = Qv.run("quantize", Qv.FLOAT, "-o", dir.resolve("b.qv"), "--chunk", 8);
        assertThat(waveform.code()).as(waveform.toString()).isEqualTo(1);
        assertThat(waveform.err()).contains("forward_encoder_chunk");
        assertThat(dir).isEmptyDirectory();
        assertThat(Qv.run("inspect", Qv.FLOAT, "--json").json().has("stream")).isFalse();
    }

    private static JsonNode heard(Object... options) {
        List<Object> all =
                new ArrayList<>(List.of("eval", "--live", "--model", "u2-digits", "--threads", 1, "--json", TEST));
        all.addAll(List.of(options));
        Qv.Result result = Qv.run(all.toArray());
        assertThat(result.code()).as(result.toString()).isZero();
        return result.json();
    }

    /** Chunks of one frame without history, so that there is something to gain. */
    @Test
    void theFirstPassTakesTheOptionsOfDecoding(@TempDir Path dir) throws Exception {
        Object[] second = {"--chunk", 1, "--left", 0, "--limit", 6};
        Object[] hard = with(second, "--no-rescoring");
        JsonNode plain = heard(hard);
        assertThat(plain.get("decoder").asText()).isEqualTo("prefix beam 10");
        assertThat(plain.get("rescoring").asBoolean()).isFalse();
        double wer = plain.get("wer").asDouble();
        assertThat(heard(second).get("wer").asDouble()).isLessThan(wer);
        Path words = Files.write(dir.resolve("words.txt"), List.of(DIGITS.split(" ")));
        assertThat(heard(with(hard, "--lexicon", words)).get("wer").asDouble()).isLessThan(wer);
        JsonNode lm = heard(with(hard, "--lm", model(dir), "--alpha", 1, "--beta", 0));
        assertThat(lm.get("wer").asDouble()).isLessThan(wer);
        assertThat(lm.get("decoder").asText()).isEqualTo("prefix beam 100, language model");
        List<Object> hotwords = new ArrayList<>();
        for (String word : DIGITS.split(" ")) {
            hotwords.addAll(List.of("--hotword", word));
        }
        assertThat(heard(with(hard, hotwords.toArray())).get("wer").asDouble()).isLessThan(wer);
        JsonNode greedy = heard("--greedy", "--limit", 2);
        assertThat(greedy.get("rescoring").asBoolean()).isFalse();
        assertThat(greedy.get("decoder").asText()).isEqualTo("greedy");
    }

    private static Object[] with(Object[] options, Object... more) {
        return Stream.concat(Arrays.stream(options), Arrays.stream(more)).toArray();
    }

    private static Path model(Path dir) throws Exception {
        List<String> lines = new ArrayList<>(List.of("\\data\\", "ngram 1=13", "", "\\1-grams:"));
        lines.addAll(List.of("-99\t<s>", "-1\t</s>", "-9\t<unk>"));
        for (String word : DIGITS.split(" ")) {
            lines.add("-1\t" + word);
        }
        lines.addAll(List.of("", "\\end\\"));
        return Files.write(dir.resolve("digits.arpa"), lines);
    }

    @Test
    void transcriptsTakeThemToo(@TempDir Path dir) throws Exception {
        Path audio = Qv.DIGITS.resolve("test/test-nicolas-17.flac");
        Path words = Files.write(dir.resolve("words.txt"), List.of("eight", "nine"));
        Qv.Result heard = Qv.run("transcribe", "--live", "--model", "u2-digits", "--lexicon", words, audio);
        assertThat(heard.code()).as(heard.toString()).isZero();
        assertThat(heard.out().strip().split(" ")).isSubsetOf("eight", "nine");
    }

    @Test
    void allEndpointRulesAreOptions() {
        JsonNode whole = heard("--limit", 3, "--silence", 10, "--long-silence", 10, "--max-length", 100);
        JsonNode cut = heard("--limit", 3, "--max-length", 0.6);
        assertThat(whole.get("wer").asDouble()).isZero();
        assertThat(cut.get("wer").asDouble()).as("words are cut").isPositive();
        for (String rule : List.of("--long-silence", "--max-length")) {
            Qv.Result none =
                    Qv.run("eval", "--live", "--threads", 1, rule, 0, "--model", "u2-digits", TEST, "--limit", 1);
            assertThat(none.code()).as(none.toString()).isEqualTo(1);
            assertThat(none.err()).contains("more than 0 s");
        }
    }

    @Test
    void optionsThatWouldNotBeHeededAreRefused() {
        Path audio = Qv.DIGITS.resolve("test/test-nicolas-17.flac");
        for (Object[] line : new Object[][] {
            {"eval", "--chunk", 8, TEST},
            {"transcribe", "--silence", 1, audio},
            {"transcribe", "--no-rescoring", audio},
            {"transcribe", "--live", "--nbest", 3, audio},
            {"eval", "--live", "--no-rescoring", "--ctc-weight", 0.3, TEST},
            {"eval", "--live", "--greedy", "--beam", 10, TEST},
            {"eval", "--live", "--alpha", 1, TEST},
        }) {
            Qv.Result refused = Qv.run(line);
            assertThat(refused.code()).as(refused.toString()).isEqualTo(2);
        }
        Qv.Result windows = Qv.run("eval", "--live", "--model", "digits", "--chunk", 8, TEST, "--limit", 1);
        assertThat(windows.code()).as(windows.toString()).isEqualTo(1);
        assertThat(windows.err()).contains("heard by windows");
    }

    @Test
    void aPortInUseIsToldInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Qv.Result refused = Qv.run("serve", "--port", taken.getLocalPort(), "--json");
            assertThat(refused.code()).as(refused.toString()).isEqualTo(1);
            assertThat(refused.err().lines()).as(refused.toString()).hasSize(1);
            assertThat(refused.err()).startsWith("error: got port " + taken.getLocalPort() + " of 127.0.0.1");
            assertThat(refused.json().get("error").get("type").asText()).isEqualTo("OutputException");
        }
    }

    @Test
    void whoServesAllAddressesIsToldOfOrigins() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Thread serving = new Thread(() -> Main.run(
                new PrintWriter(out), new PrintWriter(err, true), "serve", "--port", "0", "--host", "0.0.0.0"));
        serving.start();
        for (int i = 0; i < 1200 && serving.isAlive() && !err.toString().contains("\n"); i++) {
            Thread.sleep(100);
        }
        serving.interrupt();
        serving.join(60_000);
        assertThat(serving.isAlive()).isFalse();
        assertThat(out.toString()).startsWith("captions at http://localhost:");
        assertThat(err.toString()).contains("--allow-origin http://");
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
