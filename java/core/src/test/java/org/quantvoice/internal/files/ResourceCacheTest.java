package org.quantvoice.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;

@Tag("windows")
@Tag("arm64")
@Tag("musl")
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

    /** The scripts of the platforms mount a folder so and name it. */
    @Test
    @EnabledIfEnvironmentVariable(named = "QV_TEST_READONLY", matches = ".+")
    void aReadOnlyFileSystemIsNamed() throws IOException {
        String chosen = System.getenv("QV_TEST_READONLY") + "/cache";
        System.setProperty(ResourceCache.DIRECTORY_PROPERTY, chosen);
        URL resource = inJar("one.jar", "content");
        assertThatThrownBy(() -> ResourceCache.file(resource))
                .isInstanceOf(OutputException.class)
                .hasMessageContainingAll(chosen, "Read-only file system", "-Dquantvoice.cachedir=FOLDER");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // pipes, devices, links and modes are POSIX\'s
    void namesAreTheHashOfTheContentAndLinksAreReplaced() throws Exception {
        Path file = ResourceCache.file(inJar("one.jar", "content"));
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest("content".getBytes()));
        assertThat(file.getParent()).hasFileName(hash);
        Path elsewhere = Files.writeString(dir.resolve("elsewhere"), "content");
        Files.delete(file);
        Files.createSymbolicLink(file, elsewhere);
        assertThat(ResourceCache.file(inJar("one.jar", "content"))).isEqualTo(file);
        assertThat(file).isRegularFile().hasContent("content");
        assertThat(Files.isSymbolicLink(file)).isFalse();
        assertThat(elsewhere).hasContent("content");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // pipes, devices, links and modes are POSIX\'s
    void aFolderThatOthersMayWriteIsRefused() throws IOException {
        for (String permissions : List.of("rwxrwxr-x", "rwxr-xrwx", "rwxrwxrwx")) {
            Path cache = Files.createDirectories(dir.resolve("cache"));
            Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString(permissions));
            URL resource = inJar("one.jar", "content");
            assertThatThrownBy(() -> ResourceCache.file(resource))
                    .as(permissions)
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("can be written by others")
                    .hasMessageContaining("-Dquantvoice.cachedir=FOLDER");
        }
        assertThat(dir.resolve("cache")).isEmptyDirectory();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // pipes, devices, links and modes are POSIX\'s
    void aLinkInThePlaceOfTheCacheOrOfAFolderInItIsRefused() throws IOException {
        Path file = ResourceCache.file(inJar("one.jar", "content"));
        Path real = Files.move(file.getParent(), dir.resolve("moved"));
        Files.createSymbolicLink(file.getParent(), real);
        URL resource = inJar("one.jar", "content");
        assertThatThrownBy(() -> ResourceCache.file(resource))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("a link");
    }

    @Test
    void aChosenFolderThatCanBeNoPathIsAnError() throws IOException {
        URL resource = inJar("one.jar", "content");
        String none = "no\0path";
        System.setProperty(ResourceCache.DIRECTORY_PROPERTY, none);
        assertThatThrownBy(() -> ResourceCache.file(resource))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("-Dquantvoice.cachedir=" + none + ", which is no path here");
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void namesThatWindowsForbidsOrCannotReachAreErrors() throws IOException {
        URL resource = inJar("one.jar", "content");
        for (String none : List.of(dir + "\\a<b", dir + "\\a?b", "Q:\\no\\drive", "Z:\\proc\\none")) {
            System.setProperty(ResourceCache.DIRECTORY_PROPERTY, none);
            assertThatThrownBy(() -> ResourceCache.file(resource))
                    .as(none)
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining(none)
                    .hasMessageContaining("-Dquantvoice.cachedir");
        }
    }

    /** Beyond the 260 characters that Windows' older functions take. */
    @Test
    void longPathsWork() throws IOException {
        Path deep = dir;
        while (deep.toString().length() < 300) {
            deep = deep.resolve("forty letters of a folder in a deep tree");
        }
        System.setProperty(ResourceCache.DIRECTORY_PROPERTY, deep.toString());
        assertThat(ResourceCache.file(inJar("one.jar", "content")))
                .hasContent("content")
                .startsWith(deep);
    }

    /** What Windows forbids in a path is no home either. */
    @Test
    void aHomeThatIsNoPathIsNone() {
        System.clearProperty(ResourceCache.DIRECTORY_PROPERTY);
        Assumptions.assumeTrue(System.getenv("XDG_CACHE_HOME") == null);
        String home = System.getProperty("user.home");
        try {
            for (String none : List.of("?", "relative/home", "", "\0")) {
                System.setProperty("user.home", none);
                assertThat(ResourceCache.directory()).as(none).isEmpty();
            }
        } finally {
            System.setProperty("user.home", home);
        }
    }

    /** Windows replaces no file that another has open; what was put there has the same content. */
    @Test
    void severalMayExtractWhatOneOfThemHasOpenAlready() throws Exception {
        URL resource = inJar("one.jar", "content ".repeat(1000));
        ExecutorService users = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 20; round++) {
                System.setProperty(
                        ResourceCache.DIRECTORY_PROPERTY,
                        dir.resolve("cache" + round).toString());
                CyclicBarrier all = new CyclicBarrier(4);
                List<Exception> failures = Collections.synchronizedList(new ArrayList<>());
                Callable<Path> use = () -> {
                    try {
                        all.await();
                        Path file = ResourceCache.file(resource);
                        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
                            assertThat(open.length()).isEqualTo(8000);
                            all.await();
                        }
                        return file;
                    } catch (Exception e) {
                        failures.add(e);
                        all.reset(); // or the others would wait for this one
                        throw e;
                    }
                };
                List<Future<Path>> done = users.invokeAll(List.of(use, use, use, use), 60, TimeUnit.SECONDS);
                assertThat(failures).as("the first is the cause of the others").isEmpty();
                Set<Path> files = new HashSet<>();
                for (Future<Path> user : done) {
                    files.add(user.get());
                }
                assertThat(files).hasSize(1);
            }
        } finally {
            users.shutdownNow();
        }
    }

    /** As in a container whose user has no entry in passwd. */
    @Test
    @DisabledOnOs(OS.WINDOWS) // the modes of what is made are POSIX's
    void aUserWithoutAHomeGetsAFreshFolder() throws IOException {
        System.clearProperty(ResourceCache.DIRECTORY_PROPERTY);
        Assumptions.assumeTrue(System.getenv("XDG_CACHE_HOME") == null);
        String home = System.getProperty("user.home");
        try {
            for (String none : List.of("?", "relative/home", "")) {
                System.setProperty("user.home", none);
                assertThat(ResourceCache.directory()).isEmpty();
                Path file = ResourceCache.file(inJar("one.jar", "content"));
                assertThat(file).isAbsolute().hasContent("content");
                Path folder = file.getParent().getParent();
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                        .isEqualTo("rwx------");
            }
            Path open = Files.createDirectory(dir.resolve("open"));
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
            System.setProperty("user.home", open.toString());
            assertThat(ResourceCache.file(inJar("one.jar", "content")).startsWith(open))
                    .as("others may move what lies in this home")
                    .isFalse();
            Path own = Files.createDirectory(dir.resolve("own"));
            System.setProperty("user.home", own.toString());
            Path file = ResourceCache.file(inJar("one.jar", "content"));
            assertThat(file).startsWith(own.resolve(".cache/quantvoice"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.resolve(".cache/quantvoice"))))
                    .isEqualTo("rwx------");
        } finally {
            System.setProperty("user.home", home);
        }
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
