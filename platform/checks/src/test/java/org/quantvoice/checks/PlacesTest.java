package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Class loaders, paths and platforms that differ from the usual. */
class PlacesTest {
    @TempDir
    Path folder;

    private static List<Path> classPath() {
        List<Path> path = new ArrayList<>(Jars.device());
        path.add(Jars.tests());
        return path;
    }

    private static Child.Result words(List<Path> classPath, String... options) throws Exception {
        List<Object> all = new ArrayList<>(List.of((Object[]) options));
        all.add(Words.class.getName());
        all.add(Jars.RECORDING);
        return Child.run(Child.java(classPath, all.toArray()));
    }

    @Test
    void twoClassLoadersEachHaveTheirOwn() throws Exception {
        Child.Result result = Child.run(Child.java(
                List.of(Jars.tests()),
                "-Dquantvoice.cachedir=" + folder,
                TwoLoaders.class.getName(),
                Jars.RECORDING,
                Jars.path(classPath())));
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out().lines()).hasSize(4).containsOnly(Jars.WORDS);
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .as("library, model and the record of the self-check; no copy stays")
                    .hasSize(3);
        }
    }

    /** The letters are written by the shell: in the C locale this JVM could not even name such a file. */
    @Test
    void pathsWithSpacesAndLettersOfAllKinds() throws Exception {
        String script =
                """
                set -e
                place="$1/$(printf 'f\\303\\274r alle \\346\\227\\245\\346\\234\\254')"
                mkdir -p "$place"
                path=
                old=$IFS; IFS=:
                for entry in $2; do cp -r "$entry" "$place"; path="$path:$place/${entry##*/}"; done
                IFS=$old
                cp "$3" "$place/a b.flac"
                exec "$4" -cp "${path#:}" "-Dquantvoice.cachedir=$place/cache" %s "$place/a b.flac"
                """
                        .formatted(Words.class.getName());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Child.Result result = Child.run(
                List.of(
                        "bash",
                        "-c",
                        script,
                        "bash",
                        folder.toString(),
                        Jars.path(classPath()),
                        Jars.RECORDING.toString(),
                        java),
                Map.of("LC_ALL", "C.UTF-8"));
        assertThat(result.out()).as(result.toString()).isEqualTo(Jars.WORDS + "\n");
    }

    @Test
    void aPlatformWithoutNativesSaysWhichJarToAdd() throws Exception {
        List<Path> without =
                classPath().stream().filter(j -> !Jars.isNatives(j)).toList();
        Child.Result result = words(without);
        assertThat(result.out())
                .as(result.toString())
                .startsWith("EngineException: got no native library for linux-")
                .contains("add the quantvoice-core jar with classifier linux-");
    }

    /** As on musl: JavaCPP's own library needs glibc and the C++ runtime. What it holds is in the library of QuantVoice too. */
    @Test
    void aSystemThatCannotLoadTheLibraryOfJavacppItselfDoesNotMatter() throws Exception {
        List<Path> without = classPath().stream()
                .filter(jar -> !jar.getFileName().toString().matches("javacpp-.*-(x86_64|arm64)\\.jar"))
                .toList();
        assertThat(without).hasSizeLessThan(classPath().size());
        Child.Result result = words(without, "-Dquantvoice.cachedir=" + folder);
        assertThat(result.out()).as(result.toString()).isEqualTo(Jars.WORDS + "\n");
    }

    @Test
    void nativesOfAnotherPlatformAreNamed() throws Exception {
        Child.Result result = words(classPath(), "-Dos.arch=riscv64");
        assertThat(result.out())
                .as(result.toString())
                .startsWith("EngineException: got no native library for linux-riscv64, only for linux-")
                .contains("classifier linux-riscv64");
    }

    /** A library that is not for this machine, under the name of this machine's. */
    @Test
    void aLibraryForAnotherMachineIsRefused() throws Exception {
        Path jar = folder.resolve("quantvoice-core-wrong.jar");
        try (ZipFile right = new ZipFile(Jars.natives().toFile());
                OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry library = right.stream()
                    .filter(e -> e.getName().endsWith(".so"))
                    .findFirst()
                    .orElseThrow();
            zip.putNextEntry(new ZipEntry(library.getName()));
            try (InputStream in = right.getInputStream(library)) {
                byte[] elf = in.readAllBytes();
                elf[18] = (byte) 243; // e_machine: RISC-V
                zip.write(elf);
            }
        }
        List<Path> path = new ArrayList<>(
                classPath().stream().filter(j -> !Jars.isNatives(j)).toList());
        path.add(jar);
        Child.Result result = words(path, "-Dquantvoice.cachedir=" + folder.resolve("cache"));
        assertThat(result.out())
                .as(result.toString())
                .startsWith("EngineException: got " + folder.resolve("cache"))
                .contains("which is for another platform", "use the quantvoice-core jar with classifier linux-");
    }

    @Test
    void aTierThatTheCpuLacksIsRefused() throws Exception {
        String other = System.getProperty("os.arch").equals("aarch64") ? "avx2" : "i8mm";
        Child.Result result = words(classPath(), "-Dquantvoice.isa=" + other);
        assertThat(result.out())
                .as(result.toString())
                .startsWith("EngineException: got this CPU or build has no tier " + other)
                .contains("-Dquantvoice.isa");
    }
}
