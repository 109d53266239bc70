package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.cli.option.LiveOptions;
import org.quantvoice.cli.terminal.TerminalRow;
import picocli.CommandLine;

/** What stands on a terminal while speech is recognised. */
public final class TerminalRowTest {
    private static final int COLUMNS = 10;
    private final StringWriter screen = new StringWriter();

    private TerminalRow row(int columns) {
        return new TerminalRow(new PrintWriter(screen), columns);
    }

    /** The texts between the clearings. */
    private List<String> shown() {
        return Arrays.stream(screen.toString().split("\r\u001b\\[K", -1))
                .skip(1)
                .toList();
    }

    @Test
    void aPartialThatIsTooWideKeepsItsEnd() {
        TerminalRow row = row(COLUMNS);
        row.show("ten chars!");
        row.show("one two three");
        row.show("");
        row.show("\ud83c\udfa4".repeat(11));
        assertThat(shown()).containsExactly("ten chars!", "\u2026two three", "", "\u2026" + "\ud83c\udfa4".repeat(4));
    }

    @Test
    void aFinalStaysWhole() {
        TerminalRow row = row(COLUMNS);
        row.show("one two th");
        row.keep("one two three four");
        row.show("five");
        assertThat(shown()).containsExactly("one two th", "one two three four\n", "five");
    }

    @Test
    void aFileIsRedrawnOnOneRow() {
        LiveOptions options = new LiveOptions();
        CommandLine.populateCommand(options, "--chunk", "8");
        try (QuantSession session =
                QuantSession.builder().model("u2-digits").threads(1).build()) {
            LiveTranscription live = new LiveTranscription(session, options, new PrintWriter(screen), row(8));
            Transcript heard = live.file(Qv.DIGITS.resolve("test/test-nicolas-17.flac"), AudioOptions.DEFAULT);
            assertThat(heard.text()).isEqualTo("eight five six");
        }
        List<String> shown = shown();
        assertThat(shown).hasSizeGreaterThan(2);
        assertThat(shown.get(shown.size() - 1)).isEqualTo("eight five six\n");
        assertThat(shown.subList(0, shown.size() - 1)).allMatch(text -> text.length() <= 8 && !text.contains("\n"));
        assertThat(shown).anyMatch(text -> text.startsWith("\u2026"));
    }
}
