package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {
    private static final Path TEST = Qv.DIGITS.resolve("test/test.tsv");

    @Test
    void floatErrorRatesAreThoseOfPyTorch() throws IOException {
        JsonNode reference = new ObjectMapper()
                .readTree(Qv.DIGITS.resolve("reference.json").toFile())
                .at("/variants/float/test");
        Qv.Result result =
                Qv.run("eval", "--model", Qv.FLOAT, TEST, "--greedy", "--json", "--engine", "libtorch", "--threads", 1);
        JsonNode ours = result.json();
        assertThat(ours.get("wer").asDouble()).isCloseTo(reference.get("wer").asDouble(), within(5e-4));
        assertThat(ours.get("cer").asDouble()).isCloseTo(reference.get("cer").asDouble(), within(5e-4));
        assertThat(ours.get("words").asInt()).isEqualTo(reference.get("words").asInt());
        assertThat(ours.get("utterances").asInt()).isEqualTo(120);
        assertThat(ours.get("audioSeconds").asDouble()).isCloseTo(414.3, within(0.1));
        assertThat(ours.get("engine").asText()).isEqualTo("LIBTORCH");
        assertThat(ours.get("rtf").asDouble())
                .isCloseTo(
                        ours.get("encoderSeconds").asDouble()
                                / ours.get("audioSeconds").asDouble(),
                        within(1e-6));
        assertThat(ours.fieldNames()).toIterable().contains("backend", "modelBytes", "isa", "threads", "rtfTotal");

        JsonNode beam = Qv.run("eval", "--model", Qv.FLOAT, TEST, "--json", "--engine", "libtorch", "--threads", 1)
                .json();
        assertThat(beam.get("wer").asDouble())
                .isLessThanOrEqualTo(ours.get("wer").asDouble());
    }

    @Test
    void textSaysTheSame() {
        Qv.Result result = Qv.run("eval", TEST, "--limit", 3, "--runs", 2, "--threads", 1);
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out())
                .contains("WER 0.00 % (0 of 14 words")
                .contains("CER 0.00 %")
                .contains("RTF ")
                .contains("prefix beam 100");
    }

    @Test
    void aCorpusWithoutTextHasNoErrorRate(@TempDir Path dir) throws IOException {
        Path tsv = Files.writeString(
                dir.resolve("c.tsv"),
                "id\tspeaker\tfile\n1\tg\t" + Qv.DIGITS.resolve("test/test-george-02.flac") + "\n");
        Qv.Result result = Qv.run("eval", tsv);
        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: ").contains("without the column text");
    }

    @Test
    void aTableNeedsModules() {
        assertThat(Qv.run("eval", TEST, "--table").code()).isEqualTo(2);
    }
}
