package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where natives and the embedded model are unpacked, in good times and bad. */
class CacheTest {
    @TempDir
    Path folder;

    private static List<Path> classPath() {
        List<Path> path = new ArrayList<>(Jars.device());
        path.addAll(Jars.matching("slf4j-simple-"));
        path.add(Jars.tests());
        return path;
    }

    private static List<String> words(Object... options) {
        List<Object> all = new ArrayList<>(List.of(options));
        all.add(Words.class.getName());
        all.add(Jars.RECORDING);
        return Child.java(classPath(), all.toArray());
    }

    private static void assertWords(Child.Result result) {
        assertThat(result.out()).as(result.toString()).isEqualTo(Jars.WORDS + "\n");
    }

    private static List<Path> files(Path cache) throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void aSecondStartWritesNothingAndDamageIsRepaired() throws Exception {
        Path cache = folder.resolve("cache");
        String option = "-Dquantvoice.cachedir=" + cache;
        assertWords(Child.run(words(option)));
        List<Path> files = files(cache);
        assertThat(files)
                .extracting(f -> f.getFileName().toString())
                .as("library, model and the record of the self-check")
                .contains("digits.qv")
                .hasSize(3);
        for (Path file : files) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        }
        assertWords(Child.run(words(option)));
        List<byte[]> whole = new ArrayList<>();
        for (Path file : files) {
            assertThat(Files.getLastModifiedTime(file).toMillis()).isZero();
            whole.add(Files.readAllBytes(file));
            byte[] damaged = Files.readAllBytes(file);
            damaged[damaged.length / 2] ^= 16;
            Files.write(file, damaged);
        }
        assertWords(Child.run(words(option)));
        assertThat(files(cache)).isEqualTo(files);
        for (int i = 0; i < whole.size(); i++) {
            assertThat(files.get(i)).hasBinaryContent(whole.get(i));
        }
    }

    @Test
    void sixteenProcessesShareAColdCache() throws Exception {
        Path cache = folder.resolve("cache");
        List<Child.Running> running = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            running.add(Child.start(words("-Dquantvoice.cachedir=" + cache, "-Xmx200m"), Map.of()));
        }
        for (Child.Running each : running) {
            assertWords(each.result());
        }
        assertThat(files(cache)).hasSize(3);
    }

    @Test
    void aHomeThatCannotBeWrittenIsReplacedAndSaidSo() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Child.Result result = Child.run(words("-Duser.home=/proc/no-home", "-Djava.io.tmpdir=" + temporary));
        assertWords(result);
        assertThat(result.err())
                .containsOnlyOnce("the cache folder /proc/no-home/.cache/quantvoice cannot be used")
                .contains(temporary.toString(), "-Dquantvoice.cachedir");
        assertThat(files(temporary))
                .as("cleaned up at the end; JavaCPP has a cache of its own")
                .allMatch(file -> file.toString().contains(".javacpp"));
    }

    @Test
    void aChosenFolderThatCannotBeWrittenIsAnError() throws Exception {
        Child.Result result = Child.run(words("-Dquantvoice.cachedir=/proc/no-cache"));
        assertThat(result.out())
                .as(result.toString())
                .startsWith("OutputException: got no way to extract to the cache folder /proc/no-cache (")
                .contains("choose one with -Dquantvoice.cachedir=FOLDER");
    }

    @Test
    void aFullDiskIsNamed() throws Exception {
        Child.Result result = OwnMount.run(folder, "size=64k,mode=0700", words("-Dquantvoice.cachedir=" + folder));
        assertThat(result.out())
                .as(result.toString())
                .startsWith("OutputException: got no way to extract to the cache folder " + folder)
                .contains("No space left on device", "-Dquantvoice.cachedir=FOLDER");
    }

    @Test
    void aFolderMountedNoexecIsNamed() throws Exception {
        Child.Result result = OwnMount.run(folder, "noexec,mode=0700", words("-Dquantvoice.cachedir=" + folder));
        assertThat(result.out())
                .as(result.toString())
                .startsWith("EngineException: got " + folder)
                .contains("from a folder whose files may not be executed", "-Dquantvoice.cachedir=FOLDER");
    }

    @Test
    void aTemporaryFolderMountedNoexecDoesNotMatter() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        assertWords(OwnMount.run(temporary, "noexec", words("-Djava.io.tmpdir=" + temporary, "-Duser.home=" + home)));
    }
}
