package org.quantvoice.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;

public class ResourceCacheTest {
    @TempDir
    Path dir;

    @BeforeEach
    void moveTheCache() {
        System.setProperty(
                ResourceCache.DIRECTORY_PROPERTY, dir.resolve("cache").toString());
    }

    @AfterEach
    void restoreTheCache() {
        System.clearProperty(ResourceCache.DIRECTORY_PROPERTY);
    }

    @Test
    void extractsAResourceOfAJarOnce() throws IOException {
        Path file = ResourceCache.file(inJar("one.jar", "content"));
        assertThat(file).hasContent("content").hasFileName("model.pt").startsWith(dir.resolve("cache"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        assertThat(ResourceCache.file(inJar("two.jar", "content"))).isEqualTo(file);
        assertThat(Files.getLastModifiedTime(file).toMillis()).isZero();
        assertThat(ResourceCache.file(inJar("three.jar", "changed")))
                .hasContent("changed")
                .isNotEqualTo(file);
    }

    @Test
    void repairsAFileOfAnotherSize() throws IOException {
        Path file = ResourceCache.file(inJar("one.jar", "content"));
        Files.writeString(file, "cont");
        assertThat(ResourceCache.file(inJar("one.jar", "content"))).hasContent("content");
    }

    @Test
    void repairsADamagedFileOfTheSameSize() throws IOException {
        Path file = ResourceCache.file(inJar("one.jar", "content"));
        Files.writeString(file, "cantent");
        assertThat(ResourceCache.file(inJar("one.jar", "content")))
                .isEqualTo(file)
                .hasContent("content");
    }

    @Test
    void aDamagedJarIsAnErrorAndLeavesNothing() throws IOException {
        URL resource = inJar("one.jar", "content ".repeat(50));
        byte[] jar = Files.readAllBytes(dir.resolve("one.jar"));
        jar[42] ^= 4; // within the packed content, which follows 30 bytes of header and the name
        Files.write(dir.resolve("one.jar"), jar);
        assertThatThrownBy(() -> ResourceCache.file(resource))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("one.jar!/a/model.pt, which cannot be read");
        assertThat(dir.resolve("cache")).doesNotExist();
    }

    @Test
    void usesAFileWhereItLies() throws IOException {
        Path file = Files.writeString(dir.resolve("with space.pt"), "x");
        assertThat(ResourceCache.file(file.toUri().toURL())).isEqualTo(file);
    }

    @Test
    void aCacheThatCannotBeWrittenIsAnError() throws IOException {
        Files.writeString(dir.resolve("cache"), "a file where a folder should be");
        URL resource = inJar("one.jar", "content");
        assertThatThrownBy(() -> ResourceCache.file(resource))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("-Dquantvoice.cachedir=FOLDER");
    }

    private URL inJar(String jar, String content) throws IOException {
        Path path = dir.resolve(jar);
        try (OutputStream out = Files.newOutputStream(path);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("a/model.pt"));
            zip.write(content.getBytes());
        }
        return URI.create("jar:" + path.toUri() + "!/a/model.pt").toURL();
    }
}
