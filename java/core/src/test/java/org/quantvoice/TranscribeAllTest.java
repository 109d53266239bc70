package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.QuantVoiceException;

/** Many recordings over the cores, compared with each by itself. */
final class TranscribeAllTest {
    private static final Path AUDIO = Path.of(System.getProperty("quantvoice.root"), "examples/audio");

    @TempDir
    Path folder;

    private static List<Path> recordings() throws IOException {
        try (Stream<Path> files = Files.list(AUDIO)) {
            return files.filter(f -> f.toString().endsWith(".flac")).sorted().toList();
        }
    }

    @Test
    void resultsAreThoseOfEachByItselfInOrder() throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            files.addAll(recordings());
        }
        try (QuantSession session = QuantSession.builder().threads(3).build()) {
            List<Transcript> expected = files.stream().map(session::transcribe).toList();
            try (Stream<TranscriptResult> results = session.transcribeAll(files)) {
                List<TranscriptResult> all = results.toList();
                assertThat(all).extracting(TranscriptResult::file).isEqualTo(files);
                assertThat(all).extracting(TranscriptResult::transcript).isEqualTo(expected);
            }
        }
    }

    @Test
    void aBadFileIsAResultWithItsErrorAndTheOthersAreHeard() throws IOException {
        Path bad = Files.writeString(folder.resolve("words.wav"), "no audio at all");
        Path good = recordings().get(0);
        try (QuantSession session = QuantSession.builder().threads(2).build();
                Stream<TranscriptResult> results =
                        session.transcribeAll(List.of(good, bad, folder.resolve("absent.wav"), good))) {
            List<TranscriptResult> all = results.toList();
            assertThat(all).extracting(TranscriptResult::failed).containsExactly(false, true, true, false);
            assertThatThrownBy(() -> all.get(1).transcript()).isInstanceOf(QuantVoiceException.class);
            assertThat(all.get(3).transcript()).isEqualTo(all.get(0).transcript());
        }
    }

    @Test
    void closingTheStreamEarlyLeavesTheSessionUsable() throws IOException {
        Path good = recordings().get(0);
        try (QuantSession session = QuantSession.builder().threads(2).build()) {
            Transcript expected = session.transcribe(good);
            try (Stream<TranscriptResult> results = session.transcribeAll(Stream.generate(() -> good))) {
                Iterator<TranscriptResult> each = results.iterator();
                assertThat(each.next().transcript()).isEqualTo(expected);
            }
            assertThat(session.transcribe(good)).isEqualTo(expected);
        }
    }
}
