package org.quantvoice.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.ModelFormatException;

/** Reads from a file that stays open, against its content. */
class StoredFileTest {
    private static final int SIZE = 3_000_000; // several pieces, the last one not whole

    @TempDir
    Path folder;

    private Path path;
    private final byte[] content = new byte[SIZE];

    @BeforeEach
    void write() throws IOException {
        new Random(11).nextBytes(content);
        path = Files.write(folder.resolve("file"), content);
    }

    @Test
    void readsAnyPartIntoHeapAndDirectMemory() throws IOException {
        StoredFile file = open();
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            int at = random.nextInt(SIZE);
            int size = random.nextInt(SIZE - at + 1);
            byte[] expected = Arrays.copyOfRange(content, at, at + size);
            assertThat(file.read(at, size)).as("%d bytes at %d", size, at).isEqualTo(expected);
            ByteBuffer direct = ByteBuffer.allocateDirect(size);
            file.read(at, direct);
            assertThat(direct.flip()).as("%d bytes at %d", size, at).isEqualTo(ByteBuffer.wrap(expected));
        }
        file.release();
    }

    @Test
    void manyThreadsReadAtOnce() throws IOException {
        StoredFile file = open();
        assertThat(IntStream.range(0, 64)
                        .parallel()
                        .allMatch(i -> Arrays.equals(
                                file.read(40_000L * i, 40_000),
                                Arrays.copyOfRange(content, 40_000 * i, 40_000 * (i + 1)))))
                .isTrue();
        file.release();
    }

    @Test
    void anInterruptedThreadReadsAndLeavesTheFileOpenForOthers() throws IOException {
        StoredFile file = open();
        Thread.currentThread().interrupt();
        byte[] read = file.read(0, SIZE);
        assertThat(Thread.interrupted()).as("the interrupt is still to be seen").isTrue();
        assertThat(read).isEqualTo(content);
        assertThat(file.read(7, 100)).isEqualTo(Arrays.copyOfRange(content, 7, 107));
        file.release();
    }

    @Test
    void aFileThatWasCutShortIsAnError() throws IOException {
        StoredFile file = open();
        Files.write(path, Arrays.copyOf(content, SIZE - 1));
        assertThatThrownBy(() -> file.read(0, 10))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("cut short");
        file.release();
    }

    @Test
    void bytesBehindTheEndAreAnError() throws IOException {
        StoredFile file = open();
        assertThatThrownBy(() -> file.read(SIZE - 5, 6)).isInstanceOf(ModelFormatException.class);
        file.release();
    }

    @Test
    void aClosedFileIsNotRead() throws IOException {
        StoredFile file = open();
        file.release();
        assertThatThrownBy(() -> file.read(0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @EnabledOnOs(OS.LINUX) // where a process can see its own handles
    void filesThatAreLostDoNotStayOpen() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(new StoredFile(path).read(i, 1)).containsExactly(content[i]);
        }
        for (int tries = 0; tries < 500 && handles() > 0; tries++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(handles()).isZero();
    }

    /** How many handles of this process are of the file. */
    private long handles() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(handle -> {
                        try {
                            return Files.readSymbolicLink(handle).equals(path);
                        } catch (IOException e) {
                            return false; // that of this listing, or of another thread
                        }
                    })
                    .count();
        }
    }

    private StoredFile open() throws IOException {
        StoredFile file = new StoredFile(path);
        file.retain();
        return file;
    }
}
