package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.EngineException;

/** Copies of this platform's own library, spoilt and given to the real loader: each reason has its words and its cure. */
@Tag("windows")
@Tag("arm64")
@Tag("musl")
public class LoadFailureTest {
    private Path folder;

    private byte[] library;

    @BeforeEach
    void readTheLibrary() throws IOException {
        folder = Files.createTempDirectory("spoilt libraries");
        folder.toFile().deleteOnExit(); // after what is in it, which Windows may keep as long as this process lives
        URL bundled = Objects.requireNonNull(NativePlatform.bundled(NativePlatform.current()));
        try (InputStream in = bundled.openStream()) {
            library = in.readAllBytes();
        }
    }

    @Test
    void aFileThatIsNoLibraryIsDamaged() throws IOException {
        assertRefused("no library".getBytes(StandardCharsets.UTF_8), "which the system cannot load", "natives jar");
        assertRefused(new byte[0], "which the system cannot load", "natives jar");
    }

    /** glibc and musl would map what is not there, and the JVM die of it. */
    @Test
    void aLibraryThatBreaksOffIsDamaged() throws IOException {
        for (int length = 10; length < library.length; length = length * 3 / 2) {
            assertRefused(Arrays.copyOf(library, length), "which the system cannot load", "natives jar");
        }
    }

    /** The end of a DLL may hold names for debuggers, which nobody loads. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aLibraryWithoutItsLastByteIsDamaged() throws IOException {
        assertRefused(Arrays.copyOf(library, library.length - 1), "which the system cannot load", "natives jar");
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @ValueSource(ints = {32, 40}) // where the tables of program headers and of sections lie
    void tablesThatLieBeyondTheFileAreDamage(int field) throws IOException {
        for (long place : new long[] {library.length, Long.MAX_VALUE - 7, -8, Long.MIN_VALUE}) {
            byte[] spoilt = library.clone();
            ByteBuffer.wrap(spoilt).order(ByteOrder.LITTLE_ENDIAN).putLong(field, place);
            assertRefused(spoilt, "which the system cannot load (", "natives jar");
        }
    }

    /** musl does not look at the machine in a file's head: it stumbles over relocations, whose words are below. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @DisabledIfSystemProperty(named = "quantvoice.test.musl", matches = "true")
    void aLibraryForAnotherMachineNamesTheClassifier() throws IOException {
        library[18] = (byte) 243; // e_machine: RISC-V
        assertRefused(library, "which is for another platform", "classifier " + NativePlatform.current());
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void aDllForAnotherMachineNamesTheClassifier() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(bytes.getInt(0x3c) + 4, (short) 0x14c); // i386
        assertRefused(library, "which is for another platform", "classifier windows-x86_64");
    }

    /** The name of a version of glibc, and its hash, by which the loader looks for it, are made one that there is not yet. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @DisabledIfSystemProperty(named = "quantvoice.test.musl", matches = "true", disabledReason = "musl has no versions")
    void aSystemWhoseGlibcIsTooOldIsNamed() throws IOException {
        Matcher version = Pattern.compile("GLIBC_2[.0-9]+").matcher(text());
        assertThat(version.find()).isTrue();
        String newer = version.group().replace("GLIBC_2", "GLIBC_9");
        rename(version.group(), newer);
        replace(hash(version.group()), hash(newer));
        assertRefused(library, "`" + newer + "' not found", "a C library older than", "update the system");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLibraryThatTheSystemLacksIsNamed() throws IOException {
        rename("libc.so.6", "libq.so.6");
        assertRefused(library, "libq.so.6", "which needs what this system lacks", "image with glibc");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFunctionThatTheSystemLacksIsNamed() throws IOException {
        rename("madvise", "madvize");
        assertRefused(library, "madvize", "which needs what this system lacks", "natives of one version");
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void aDllThatWindowsLacksIsNamed() throws IOException {
        rename("KERNEL32.dll", "KERNEL99.dll");
        assertRefused(library, "which needs what this system lacks", "natives of one version");
    }

    /** The scripts of the platforms mount a folder so and name it; CacheTest has one of its own. */
    @Test
    @EnabledIfEnvironmentVariable(named = "QV_TEST_NOEXEC", matches = ".+")
    void aFolderMountedNoexecIsNamed() throws IOException {
        folder = Path.of(System.getenv("QV_TEST_NOEXEC"));
        assertRefused(library, "from a folder whose files may not be executed", "-Dquantvoice.cachedir=FOLDER");
    }

    /** Words of macOS' loader, which runs nowhere here, and of musl 1.2.3 for a library of arm64. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Error relocating /l.so: unsupported relocation type 1026 (Possible cause: can't load AARCH64 .so on a AMD 64 platform)"
                        + " | for another platform | classifier",
                "mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64') | for another platform | classifier",
                "code signature in <A> '/l' not valid for use in process | whose signature macOS refuses | codesign -s -",
                "Library not loaded: @rpath/libx.dylib | which needs what this system lacks | of one version"
            })
    void wordsOfMacAreUnderstood(String words, String got, String cure) {
        assertThat(LoadFailure.diagnose(Path.of("l.dylib"), new UnsatisfiedLinkError(words)))
                .hasMessageContainingAll(words, got, cure);
    }

    private void assertRefused(byte[] content, String... words) throws IOException {
        Path file = Files.createTempFile(folder, "spoilt", ".library");
        Files.write(file, content);
        assertThatThrownBy(() -> NativeLibrary.loadFile(file))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(words);
        if (!file.toFile().delete()) {
            file.toFile().deleteOnExit();
        }
    }

    private String text() {
        return new String(library, StandardCharsets.ISO_8859_1);
    }

    private void rename(String from, String to) {
        replace(from.getBytes(StandardCharsets.ISO_8859_1), to.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void replace(byte[] from, byte[] to) {
        String old = new String(from, StandardCharsets.ISO_8859_1);
        assertThat(text()).contains(old);
        assertThat(to).hasSameSizeAs(from);
        library =
                text().replace(old, new String(to, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The hash of the System V ABI, as it lies in a file. */
    private static byte[] hash(String name) {
        int hash = 0;
        for (char letter : name.toCharArray()) {
            hash = (hash << 4) + letter;
            int high = hash & 0xf0000000;
            hash = (hash ^ (high >>> 24)) & ~high;
        }
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(hash)
                .array();
    }
}
