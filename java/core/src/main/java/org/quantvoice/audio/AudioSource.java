package org.quantvoice.audio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;

/**
 * The bytes of one recording, read from front to back through a small buffer, with the name that every error message
 * carries. A regular file is seekable; a pipe, a device or an {@link InputStream} cannot. One thread at a time uses
 * it.
 */
public final class AudioSource implements AutoCloseable {
    /** Number of first bytes by which a decoder judges the format. */
    public static final int HEAD = 4_096;

    private static final int BUFFER = 1 << 16;

    private final String name;
    private final InputStream stream;
    private final boolean owned;
    /** Channel from which the stream reads, if it is seekable; else null. */
    private final @Nullable SeekableByteChannel file;

    private final ByteBuffer buffer;
    /** Position of the buffer's end in the source. */
    private long bufferEnd;

    private AudioSource(
            String name, InputStream stream, boolean owned, @Nullable SeekableByteChannel file, int buffer) {
        this.name = Objects.requireNonNull(name, "name");
        this.stream = Objects.requireNonNull(stream, "stream");
        this.owned = owned;
        this.file = file;
        this.buffer = ByteBuffer.allocate(buffer).limit(0);
    }

    /**
     * Opens a file.
     *
     * @throws AudioFormatException when the file is missing or cannot be opened
     */
    public static AudioSource of(Path file) {
        String name = file.toString();
        try {
            if (Files.isRegularFile(file)) {
                SeekableByteChannel channel = Files.newByteChannel(file);
                return new AudioSource(name, Channels.newInputStream(channel), true, channel, BUFFER);
            }
            return new AudioSource(name, Files.newInputStream(file), true, null, BUFFER);
        } catch (NoSuchFileException e) {
            throw new AudioFormatException("no file " + name, "an audio file", "check the path", e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /**
     * Returns a source over a file of any file system, read from the channel's position 0; the channel is closed with
     * the source.
     *
     * @param name name of the input in error messages
     */
    public static AudioSource of(SeekableByteChannel file, String name) {
        return new AudioSource(name, Channels.newInputStream(file), true, file, BUFFER);
    }

    /**
     * Returns a source over a stream, which is read from its current position without seeking, and is not closed.
     *
     * @param name name of the input in error messages
     */
    public static AudioSource of(InputStream stream, String name) {
        return new AudioSource(name, stream, false, null, BUFFER);
    }

    /**
     * Returns a source over bytes in memory.
     *
     * @param bytes not copied
     * @param name name of the input in error messages
     */
    public static AudioSource of(byte[] bytes, String name) {
        int buffer = Math.max(HEAD, Math.min(BUFFER, bytes.length));
        return new AudioSource(name, new ByteArrayInputStream(bytes), false, null, buffer);
    }

    public String name() {
        return name;
    }

    /** Returns the number of bytes before the next one to be read. */
    public long position() {
        return bufferEnd - buffer.remaining();
    }

    /** Returns the size of a regular file at this moment; empty for anything else. */
    public OptionalLong size() {
        try {
            return file == null ? OptionalLong.empty() : OptionalLong.of(file.size());
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    public boolean seekable() {
        return file != null;
    }

    /**
     * Moves to a position in a seekable source; reading behind its end returns the end.
     *
     * @throws IllegalStateException when the source is not {@link #seekable()}
     */
    public void seek(long position) {
        if (file == null) {
            throw new IllegalStateException("got seek of " + name + "; expected a regular file; read on instead");
        }
        try {
            file.position(position);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        buffer.limit(0);
        bufferEnd = position;
    }

    /**
     * Returns the next bytes without consuming them.
     *
     * @param count at most 4,096
     * @return {@code count} bytes, or fewer at the end of the source
     */
    public byte[] peek(int count) {
        if (count > HEAD) {
            throw new IllegalArgumentException("got a look at " + count + " bytes; expected at most " + HEAD);
        }
        boolean more = true;
        while (more && buffer.remaining() < count) {
            more = fill();
        }
        int start = buffer.position();
        return Arrays.copyOfRange(buffer.array(), start, start + Math.min(count, buffer.remaining()));
    }

    /** Returns whether the next bytes are these ASCII characters. */
    boolean startsWith(String ascii) {
        return Arrays.equals(peek(ascii.length()), ascii.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Waits for at least one byte.
     *
     * @param count 1 or more
     * @return how many bytes were read, at most {@code count}; -1 at the end
     */
    public int read(byte[] out, int from, int count) {
        if (!buffer.hasRemaining() && !fill()) {
            return -1;
        }
        int read = Math.min(count, buffer.remaining());
        buffer.get(out, from, read);
        return read;
    }

    /**
     * Returns the next {@code count} bytes, or fewer at the end of the source; memory grows only with the bytes that
     * are read.
     */
    byte[] readUpTo(int count) {
        byte[] out = new byte[Math.min(count, BUFFER)];
        int filled = 0;
        while (filled < count) {
            if (filled == out.length) {
                out = Arrays.copyOf(out, (int) Math.min(count, 2L * filled));
            }
            int read = read(out, filled, out.length - filled);
            if (read < 0) {
                break;
            }
            filled += read;
        }
        return filled == out.length ? out : Arrays.copyOf(out, filled);
    }

    /** Skips {@code count} bytes, or all if there are fewer, and returns how many were skipped. */
    long skip(long count) {
        long passed = 0;
        while (passed < count) {
            if (!buffer.hasRemaining() && seekable()) {
                long jump = Math.max(0, Math.min(count - passed, size().orElse(0) - position()));
                seek(position() + jump);
                return passed + jump;
            }
            if (!buffer.hasRemaining() && !fill()) {
                break;
            }
            int step = (int) Math.min(count - passed, buffer.remaining());
            buffer.position(buffer.position() + step);
            passed += step;
        }
        return passed;
    }

    private boolean fill() {
        buffer.compact();
        try {
            int read = stream.read(buffer.array(), buffer.position(), buffer.remaining());
            if (read > 0) {
                buffer.position(buffer.position() + read);
                bufferEnd += read;
            }
            return read > 0;
        } catch (IOException e) {
            throw unreadable(name, e);
        } finally {
            buffer.flip();
        }
    }

    /** Returns the exception for an error in this recording, whose name begins the message. */
    public AudioFormatException failure(String got, String expected, String cure) {
        return new AudioFormatException(name + ": " + got, expected, cure);
    }

    private static AudioFormatException unreadable(String name, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return new AudioFormatException(
                    name + ": the reading thread was interrupted",
                    "a thread that is left to read",
                    "read again",
                    cause);
        }
        return new AudioFormatException(
                name + ": " + cause, "a readable audio file", "check the path and its permissions", cause);
    }

    /** Closes the file; a stream that was passed in stays open. */
    @Override
    public void close() {
        if (owned) {
            try {
                stream.close();
            } catch (IOException e) {
                throw unreadable(name, e);
            }
        }
    }
}
