package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AlignCommandTest {
    private static final Path FLAC = Qv.ROOT.resolve("examples/audio/george-02.flac");

    @Test
    void wordsOfAKnownTextLieWhereTheyAreHeard() {
        JsonNode aligned = Qv.run("align", FLAC, "--text", "nine six three", "--threads", 1, "--json")
                .json();
        JsonNode heard =
                Qv.run("transcribe", FLAC, "--threads", 1, "--json").json().at("/files/0");
        assertThat(aligned.get("text").asText()).isEqualTo("nine six three");
        for (int i = 0; i < 3; i++) {
            JsonNode ours = aligned.get("words").get(i);
            assertThat(ours.get("word")).isEqualTo(heard.get("words").get(i).get("word"));
            assertThat(ours.get("start").asDouble())
                    .isCloseTo(heard.get("words").get(i).get("start").asDouble(), within(0.05));
        }
        assertThat(Qv.run("align", FLAC, "--text", "nine six three", "--threads", 1)
                        .out()
                        .lines())
                .hasSize(3)
                .element(1)
                .asString()
                .contains("six (");
    }

    @Test
    void aTextThatTheModelCannotSpellIsRefused() {
        Qv.Result result = Qv.run("align", FLAC, "--text", "nine Ärger", "--threads", 1);
        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: ").doesNotContain("\tat ");
    }
}
