package org.quantvoice.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TerminalWriterTest {
    @Test
    void controlCharactersOfFileNamesAreShown() {
        StringWriter screen = new StringWriter();
        PrintWriter writer = new PrintWriter(new TerminalWriter(screen));
        writer.print("a\u001b]0;title\u0007b\u202ec\td\r\n");
        writer.print(TerminalRow.CLEAR + "row\rx");
        writer.print('\u0008');
        writer.flush();
        assertThat(screen.toString())
                .isEqualTo("a\\u001b]0;title\\u0007b\\u202ec\td\r\n" + TerminalRow.CLEAR + "row\\u000dx\\u0008");
    }
}
