package org.quantvoice.internal.kernels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.EngineException;

/**
 * Checks a shared library of Linux before the system's loader maps it. The loaders of glibc and musl do not ask
 * whether a file is as long as its header says, and the JVM dies of SIGBUS at the first page that is missing. The
 * loaders of Windows and macOS do check this.
 *
 * <p>Source: System V Application Binary Interface, chapters 4 and 5, for 64-bit little-endian files.
 */
final class ElfFile {
    private static final int HEAD = 64;
    private static final int MAGIC = 0x464c457f;
    private static final int BITS_64_LOW_FIRST = 0x0102;
    private static final int PROGRAM_HEADER = 56;
    private static final int LOADED = 1;
    /** Stands for an end that no file can have. */
    private static final long NOWHERE = -1;

    private final FileChannel channel;

    private ElfFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Refuses a file that ends before its last loaded byte or before its tables end. Files of another kind are left
     * to the loader.
     */
    static void requireWhole(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            long end = new ElfFile(channel).end();
            if (end == NOWHERE) {
                throw damaged(file, "its head is damaged", null);
            }
            if (end > channel.size()) {
                throw damaged(file, channel.size() + " bytes of " + end, null);
            }
        } catch (IOException e) {
            throw damaged(file, e.toString(), e);
        }
    }

    private static EngineException damaged(Path file, String how, @Nullable IOException cause) {
        return new EngineException(
                file + ", which the system cannot load (" + how + ")",
                "a whole library for " + NativePlatform.current(),
                "delete the file or replace the natives jar",
                cause);
    }

    /**
     * Returns the position at which the file may end at the earliest, computed from its header; 0 if the file is of
     * another kind.
     */
    private long end() throws IOException {
        Optional<ByteBuffer> read = read(0, HEAD);
        if (read.isEmpty() || read.get().getInt(0) != MAGIC || read.get().getShort(4) != BITS_64_LOW_FIRST) {
            return 0;
        }
        ByteBuffer head = read.get();
        long sections = end(head.getLong(40), (long) unsigned(head, 58) * unsigned(head, 60));
        int size = unsigned(head, 56) * PROGRAM_HEADER;
        if (size == 0 || unsigned(head, 54) != PROGRAM_HEADER) {
            return NOWHERE;
        }
        Optional<ByteBuffer> headers = read(head.getLong(32), size);
        return headers.isPresent() ? latest(sections, headers.get()) : end(head.getLong(32), size);
    }

    private static long latest(long sections, ByteBuffer headers) {
        long latest = sections;
        for (int at = 0; at < headers.limit() && latest != NOWHERE; at += PROGRAM_HEADER) {
            if (headers.getInt(at) == LOADED) {
                long end = end(headers.getLong(at + 8), headers.getLong(at + 32));
                latest = end == NOWHERE ? NOWHERE : Math.max(latest, end);
            }
        }
        return latest;
    }

    private static long end(long start, long size) {
        return start < 0 || size < 0 || start + size < 0 ? NOWHERE : start + size;
    }

    private static int unsigned(ByteBuffer head, int at) {
        return Short.toUnsignedInt(head.getShort(at));
    }

    /** Returns the bytes at a place, or empty if the file ends before them. */
    private Optional<ByteBuffer> read(long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (at >= 0 && bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {}
        return bytes.hasRemaining() ? Optional.empty() : Optional.of(bytes);
    }
}
