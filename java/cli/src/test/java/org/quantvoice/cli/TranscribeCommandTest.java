package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranscribeCommandTest {
    private static final Path ONE = Qv.DIGITS.resolve("test/test-george-02.flac");
    private static final Path TWO = Qv.DIGITS.resolve("test/test-jackson-04.flac");

    @TempDir
    Path dir;

    @Test
    void oneFileGivesItsWordsAndALineAboutTheRun() {
        Qv.Result result = Qv.run("transcribe", ONE, "--threads", 1);
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out()).isEqualTo("nine six three\n");
        assertThat(result.err())
                .matches("(LIBTORCH|NATIVE).*, kernels: \\w+, 1 threads, RTF \\d+\\.\\d{4} "
                        + "\\(\\d+\\.\\d s of audio in \\d+\\.\\d\\d s\\)\\R");
    }

    @Test
    void aFileIsHeardLive() {
        Qv.Result result = Qv.run("transcribe", "--live", "--model", "u2-digits", ONE, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        JsonNode file = result.json().get("files").get(0);
        assertThat(file.get("text").asText()).isEqualTo("nine six three");
        assertThat(file.get("seconds").asDouble())
                .as("at the speed of speech")
                .isGreaterThanOrEqualTo(file.get("audioSeconds").asDouble());
    }

    @Test
    void noFileNeedsTheMicrophone() {
        assertThat(Qv.run("transcribe").code()).isEqualTo(2);
    }

    @Test
    void filesThatAreHeardSideBySideAreToldInTheirOrderWithTheSameWords() {
        Object[] command = {
            "transcribe", "--threads", 0, "--json", ONE, TWO, TWO, ONE, "no-such-file.wav", TWO, ONE, TWO
        };
        command[2] = 1;
        JsonNode alone = Qv.run(command).json();
        command[2] = 3;
        JsonNode together = Qv.run(command).json();
        assertThat(words(together)).isEqualTo(words(alone)).hasSize(8);
    }

    private static List<String> words(JsonNode document) {
        List<String> words = new ArrayList<>();
        document.get("files")
                .forEach(file -> words.add(file.get("file") + ": " + file.path("text") + file.path("words")));
        return words;
    }

    @Test
    void severalFilesAreNamed() {
        Qv.Result result = Qv.run("transcribe", ONE, TWO, "--greedy", "--threads", 1);
        assertThat(result.out().lines()).hasSize(2);
        assertThat(result.out()).startsWith(ONE + ": nine six three\n" + TWO + ": ");
    }

    @Test
    void jsonHasStableKeys() {
        Qv.Result result = Qv.run("transcribe", ONE, "--json", "--nbest", 2, "--threads", 1);
        JsonNode root = result.json();
        assertThat(root.fieldNames())
                .toIterable()
                .containsExactly(
                        "model", "engine", "backend", "isa", "threads", "audioSeconds", "seconds", "rtf", "files");
        JsonNode file = root.get("files").get(0);
        assertThat(file.fieldNames())
                .toIterable()
                .containsExactly("file", "text", "audioSeconds", "words", "alternatives", "segments", "seconds");
        assertThat(file.get("text").asText()).isEqualTo("nine six three");
        assertThat(file.get("words").get(2).get("word").asText()).isEqualTo("three");
        assertThat(file.get("words").get(2).get("start").asDouble())
                .isGreaterThan(file.get("words").get(1).get("end").asDouble());
        assertThat(file.get("alternatives")).hasSizeBetween(1, 2); // as many as survive pruning
    }

    @Test
    void aLanguageModelOverTokensIsAskedFor() throws IOException {
        Path arpa = dir.resolve("letters.arpa");
        Files.writeString(
                arpa, "\\data\\\nngram 1=4\n\n\\1-grams:\n-9\t<unk>\n-9\t<s>\n-9\t</s>\n-0.1\te\n\n\\end\\\n");
        Qv.Result words = Qv.run("transcribe", ONE, "--lm", arpa, "--alpha", 0.001, "--threads", 1, "--json");
        Qv.Result tokens = Qv.run(
                "transcribe", ONE, "--lm", arpa, "--alpha", 0.001, "--lm-unit", "token", "--threads", 1, "--json");
        assertThat(tokens.code()).as(tokens.toString()).isZero();
        assertThat(score(tokens)).isNotEqualTo(score(words));
        assertThat(Qv.run("transcribe", ONE, "--lm-unit", "token").code()).isEqualTo(2);
    }

    private static double score(Qv.Result result) {
        return result.json().at("/files/0/alternatives/0/score").asDouble();
    }

    @Test
    void subtitlesOfOneFileGoToStandardOutput() {
        assertThat(Qv.run("transcribe", ONE, "--format", "srt", "--threads", 1).out())
                .startsWith("1\n00:00:0")
                .contains("nine six three");
        assertThat(Qv.run("transcribe", ONE, "--format", "vtt", "--threads", 1).out())
                .startsWith("WEBVTT\n\n00:00:0");
        Qv.Result many = Qv.run("transcribe", ONE, TWO, "--format", "srt");
        assertThat(many.code()).isEqualTo(2);
        assertThat(many.err()).startsWith("error: got 2 files for one output of subtitles");
    }

    @Test
    void filesGoToAFolder() throws IOException {
        Qv.Result result = Qv.run("transcribe", ONE, TWO, "--format", "srt", "-o", dir, "--threads", 1);
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(dir.resolve("test-george-02.flac.srt")).content().contains("nine six three");
        assertThat(dir.resolve("test-jackson-04.flac.srt")).exists();
    }

    @Test
    void aBadFileIsReportedAndTheOthersAreDone() throws IOException {
        Path bad = Files.writeString(dir.resolve("bad.wav"), "RIFF");
        Qv.Result result = Qv.run("transcribe", bad, ONE, "--threads", 1);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEqualTo(ONE + ": nine six three\n");
        assertThat(result.err()).contains("error: ").contains("bad.wav").doesNotContain("\tat ");

        JsonNode files =
                Qv.run("transcribe", bad, ONE, "--json", "--threads", 1).json().get("files");
        assertThat(files.get(0).get("error").get("type").asText()).isEqualTo("AudioFormatException");
        assertThat(files.get(0).get("error").fieldNames())
                .toIterable()
                .containsExactly("type", "message", "got", "expected", "cure");
        assertThat(files.get(1).get("text").asText()).isEqualTo("nine six three");
    }

    @Test
    void aLexiconAndHotwordsReachTheDecoder() throws IOException {
        Path words = Files.writeString(dir.resolve("words.txt"), "nine\nsix\neight\n");
        Qv.Result limited = Qv.run("transcribe", ONE, "--lexicon", words, "--threads", 1);
        assertThat(limited.out()).as(limited.toString()).startsWith("nine six").doesNotContain("three");
        Path lm = Files.writeString(dir.resolve("broken.arpa"), "\\data\\\nngram 1=2\n");
        assertThat(Qv.run("transcribe", ONE, "--lm", lm).code()).isEqualTo(1);
        assertThat(Qv.run("transcribe", ONE, "--alpha", 1).code()).isEqualTo(2);
        assertThat(Qv.run("transcribe", ONE, "--greedy", "--hotword", "six").code())
                .isEqualTo(2);
    }
}
