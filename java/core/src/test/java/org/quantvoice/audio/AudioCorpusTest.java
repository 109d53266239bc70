package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.CorpusException;

@Tag("windows")
class AudioCorpusTest {
    @TempDir
    Path dir;

    @BeforeEach
    void writeAudio() throws IOException {
        Files.createDirectory(dir.resolve("sub"));
        Files.write(dir.resolve("a.wav"), TestWav.pcm16(8_000, (short) 1));
        Files.write(dir.resolve("sub/b.wav"), TestWav.pcm16(8_000, (short) 2));
    }

    private AudioCorpus read(String text) throws IOException {
        return AudioCorpus.tsv(Files.writeString(dir.resolve("c.tsv"), text, StandardCharsets.UTF_8));
    }

    @Test
    void readsColumnsInAnyOrder() throws IOException {
        AudioCorpus corpus = read("\uFEFFtext\tfile\tnote\tid\tspeaker\r\n"
                + "één twee\tsub/b.wav\tx\tu1\tAnna\r\n\r\n"
                + "\ta.wav\t\tu2\tBob");
        assertThat(corpus.items())
                .containsExactly(
                        new AudioCorpus.Item("u1", "Anna", dir.resolve("sub/b.wav"), "één twee"),
                        new AudioCorpus.Item("u2", "Bob", dir.resolve("a.wav"), ""));
        assertThat(corpus.hasText()).isTrue();
        assertThat(AudioFiles.read(corpus.items().get(0).file()).samples()).containsExactly(2 / 32_768f);
    }

    @Test
    void doesWithoutTexts() throws IOException {
        AudioCorpus corpus = read("id\tspeaker\tfile\nu1\tAnna\ta.wav\n");
        assertThat(corpus.hasText()).isFalse();
        assertThat(corpus.items().get(0).text()).isEmpty();
    }

    @Test
    void isMadeOfRecordingsThatAProgramFound() {
        Path a = dir.resolve("a.wav");
        AudioCorpus.Item said = new AudioCorpus.Item("u1", "Anna", a, "twee");
        AudioCorpus.Item silent = new AudioCorpus.Item("u2", "Anna", a, "");
        assertThat(AudioCorpus.of(List.of(said, silent)).items()).containsExactly(said, silent);
        assertThat(AudioCorpus.of(List.of(said, silent)).hasText()).isTrue();
        AudioCorpus files = AudioCorpus.ofFiles(List.of(a, dir.resolve("sub/b.wav")));
        assertThat(files.hasText()).isFalse();
        assertThat(files.items()).extracting(AudioCorpus.Item::file).containsExactly(a, dir.resolve("sub/b.wav"));
    }

    @Test
    void refusesRecordingsThatAreNotOneEach() {
        AudioCorpus.Item item = new AudioCorpus.Item("u1", "Anna", dir.resolve("a.wav"), "");
        assertThatThrownBy(() -> AudioCorpus.of(List.of())).isInstanceOf(CorpusException.class);
        assertThatThrownBy(() -> AudioCorpus.of(List.of(item, item)))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("u1 twice");
        assertThatThrownBy(() -> AudioCorpus.ofFiles(List.of(dir.resolve("sub"))))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("which is no file");
    }

    @Test
    void limitsAndChooses() throws IOException {
        AudioCorpus corpus = read("id\tspeaker\tfile\nu1\tAnna\ta.wav\nu2\tBob\ta.wav\nu3\tAnna\ta.wav\n");
        assertThat(corpus.size()).isEqualTo(3);
        assertThat(corpus.limit(2).items()).extracting(AudioCorpus.Item::id).containsExactly("u1", "u2");
        assertThat(corpus.limit(9).size()).isEqualTo(3);
        assertThat(corpus.speaker("Anna").items())
                .extracting(AudioCorpus.Item::id)
                .containsExactly("u1", "u3");
        assertThatThrownBy(() -> corpus.limit(0)).isInstanceOf(CorpusException.class);
        assertThatThrownBy(() -> corpus.speaker("Eve"))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("[Anna, Bob]");
    }

    @ParameterizedTest
    @CsvSource({
        "'id,speaker', 'line 1: the columns [id, speaker]'",
        "'id,file,id,speaker|1,a.wav,1,x', 'line 1: the columns'",
        "'id,speaker,file', 'no recording'",
        "'id,speaker,file|u1,x', 'line 2: 2 fields'",
        "'id,speaker,file||u1,x,a.wav,more', 'line 3: 4 fields'",
        "'id,speaker,file|,x,a.wav', 'line 2: an empty id'",
        "'id,speaker,file|u1,,a.wav', 'line 2: an empty speaker'",
        "'id,speaker,file|u1,x,a.wav|u1,x,a.wav', 'line 3: the id u1 of line 2 again'",
        "'id,speaker,file|u1,x,none.wav', 'line 2: no file'",
        "'id,speaker,file|u1,x,sub', 'line 2: no file'",
        "'id,speaker,file|u1,x,a\0.wav', 'line 2: the file name'",
    })
    void refusesBadRows(String text, String message) {
        assertThatThrownBy(() -> read(text.replace(',', '\t').replace('|', '\n')))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("c.tsv")
                .hasMessageContaining(message);
    }

    @Test
    void refusesOtherEncodingsAndMissingFiles() throws IOException {
        Path latin = Files.write(
                dir.resolve("latin.tsv"), "id\tspeaker\tfile\nu1\té\ta.wav".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> AudioCorpus.tsv(latin))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("latin.tsv, line 2: bytes that are not UTF-8");
        assertThatThrownBy(() -> AudioCorpus.tsv(dir.resolve("none.tsv")))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("none.tsv");
        assertThatThrownBy(() -> read("")).isInstanceOf(CorpusException.class).hasMessageContaining("c.tsv");
    }
}
