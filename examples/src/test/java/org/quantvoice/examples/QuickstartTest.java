package org.quantvoice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class QuickstartTest {
    @Test
    void printsWordsAndTimes() {
        PrintStream console = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, true));
            Quickstart.main(new String[] {
                Shell.ROOT.resolve("examples/audio/george-02.flac").toString()
            });
        } finally {
            System.setOut(console);
        }
        assertThat(out.toString().lines()).hasSize(4).first().isEqualTo("nine six three");
        assertThat(out.toString()).containsPattern("(?m)^ +\\d\\.\\d\\d +\\d\\.\\d\\d  six \\(");
    }
}
