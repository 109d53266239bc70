package org.quantvoice.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.archive.TarArchive.Entry;

class TarArchiveTest {
    private static final byte[] CONTENT = "what is in it".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path dir;

    private Path write(byte[]... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        out.writeBytes(new byte[1024]);
        return Files.write(dir.resolve("a.tar"), out.toByteArray());
    }

    @Test
    void filesAreReadInPlace() throws IOException {
        Path file = Files.write(dir.resolve("a.tar"), Tars.of(Map.of("./folder/name", CONTENT)));
        TarArchive tar = TarArchive.open(file);
        Entry entry = tar.find("folder/name").orElseThrow();
        assertThat(tar.read(entry, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(entry.start()).isEqualTo(512);
        assertThatThrownBy(() -> tar.read(entry, 4))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("at most 4");
        assertThat(TarArchive.looksLikeTar(Files.readAllBytes(file))).isTrue();
        assertThat(TarArchive.looksLikeTar(CONTENT)).isFalse();
    }

    /** The length of a record counts its own digits. */
    private static byte[] pax(String record) {
        String rest = " " + record + "\n";
        int length = rest.length() + 2;
        return (length + rest).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void longNamesOfPaxAndOfGnuAreRead() throws IOException {
        Path file = write(
                Tars.entry("PaxHeader", 'x', pax("path=a/long/name")),
                Tars.entry("cut", '0', CONTENT),
                Tars.entry("PaxHeader", 'x', pax("mtime=1700000000.5")),
                Tars.entry("plain", '0', CONTENT),
                Tars.entry("././@LongLink", 'L', "another/long/name\0".getBytes(StandardCharsets.UTF_8)),
                Tars.entry("cut too", '0', CONTENT),
                Tars.entry("folder/", '5'));
        assertThat(TarArchive.open(file).entries().stream().map(Entry::name))
                .containsExactly("a/long/name", "plain", "another/long/name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../up", "/root", "a/../../b", "a\\b", "./", "a\u0001b", "./../up"})
    void namesThatLeadOutAreRefused(String name) throws IOException {
        Path file = write(Tars.entry(name, '0', CONTENT));
        assertThatThrownBy(() -> TarArchive.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a file of the name");
    }

    @Test
    void aLongNameThatLeadsOutIsRefusedToo() throws IOException {
        Path file = write(Tars.entry("PaxHeader", 'x', pax("path=../../etc/it")), Tars.entry("good", '0', CONTENT));
        assertThatThrownBy(() -> TarArchive.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("'../../etc/it'");
    }

    @ParameterizedTest
    @CsvSource({"1, a link", "2, a link", "S, a link", "x, sparse"})
    void linksAndSparseFilesAreRefused(char type, String message) throws IOException {
        byte[] content = type == 'x' ? pax("size=9999999999") : CONTENT;
        Path file = write(Tars.entry("name", type, content), Tars.entry("other", '0', CONTENT));
        assertThatThrownBy(() -> TarArchive.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aNameTwiceIsRefused() throws IOException {
        Path file = write(Tars.entry("name", '0', CONTENT), Tars.entry("./name", '0', CONTENT));
        assertThatThrownBy(() -> TarArchive.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("two files of the name 'name'");
    }

    @Test
    void sizesThatLieAndHeadersThatChangedAreRefused() throws IOException {
        byte[] large = Tars.entry("name", '0', CONTENT);
        large[124] = (byte) 0x80; // in binary: as many as the last 8 of the 12 bytes say
        large[128] = 0x7F;
        Tars.sign(large);
        Path file = write(large);
        assertThatThrownBy(() -> TarArchive.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("behind its end");
        large[128] = (byte) 0xFF;
        Tars.sign(large);
        Path negative = write(large);
        assertThatThrownBy(() -> TarArchive.open(negative))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("negative");
        byte[] changed = Tars.entry("name", '0', CONTENT);
        changed[0] ^= 1;
        Path other = write(changed);
        assertThatThrownBy(() -> TarArchive.open(other))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("checksum");
    }
}
