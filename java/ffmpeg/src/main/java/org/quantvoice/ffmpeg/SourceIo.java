package org.quantvoice.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FORCE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXTERNAL;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.AudioSource;

/**
 * Gives FFmpeg the bytes of an {@link AudioSource}. Its callbacks run in the thread that calls FFmpeg. An exception
 * must not pass through C, so it is kept, and thrown by {@link #rethrow} when FFmpeg has returned.
 */
final class SourceIo implements AutoCloseable {
    private static final int BUFFER = 1 << 15;
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;

    /**
     * The open objects by the number that FFmpeg passes to callbacks. JavaCPP has room for few callbacks only, so all
     * objects share two.
     */
    private static final Map<Long, SourceIo> OPEN = new ConcurrentHashMap<>();

    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final Read_packet_Pointer_BytePointer_int READ = new Reader();
    private static final Seek_Pointer_long_int SEEK = new Seeker();

    private final AudioSource source;
    /** The position in the source at which the recording starts, in bytes; earlier bytes were skipped. */
    private final long start;

    private final long number = NUMBERS.incrementAndGet();
    private final byte[] block = new byte[BUFFER];
    private final AVIOContext context;
    private @Nullable RuntimeException failure;
    private boolean closed;

    SourceIo(AudioSource source) {
        this.source = source;
        this.start = source.position();
        OPEN.put(number, this);
        this.context =
                avio_alloc_context(new BytePointer(av_malloc(BUFFER)), BUFFER, 0, new Place(number), READ, null, SEEK);
        if (!source.seekable()) {
            context.seekable(0);
        }
    }

    AVIOContext context() {
        return context;
    }

    /** Throws an exception that a callback has kept. */
    void rethrow() {
        RuntimeException kept = failure;
        failure = null;
        if (kept != null) {
            throw kept;
        }
    }

    private int read(BytePointer out, int size) {
        try {
            int count = source.read(block, 0, Math.min(size, block.length));
            if (count < 0) {
                return AVERROR_EOF;
            }
            out.put(block, 0, count);
            return count;
        } catch (RuntimeException e) {
            failure = e;
            return AVERROR_EXTERNAL;
        }
    }

    private long seek(long offset, int whence) {
        if (!source.seekable()) {
            return (whence & AVSEEK_SIZE) != 0
                    ? 0
                    : -1; // FFmpeg's own pipes answer so too; some of its readers take other errors for sizes
        }
        try {
            long size = source.size().orElseThrow() - start;
            if ((whence & AVSEEK_SIZE) != 0) {
                return size;
            }
            long target =
                    switch (whence & ~AVSEEK_FORCE) {
                        case SEEK_SET -> offset;
                        case SEEK_CUR -> source.position() - start + offset;
                        case SEEK_END -> size + offset;
                        default -> -1;
                    };
            if (target < 0) {
                return -1;
            }
            source.seek(start + target);
            return target;
        } catch (RuntimeException e) {
            failure = e;
            return AVERROR_EXTERNAL;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            OPEN.remove(number);
            BytePointer buffer = context.buffer(); // FFmpeg may have replaced the first buffer by another
            if (buffer != null) {
                av_free(buffer);
            }
            avio_context_free(context);
        }
    }

    /** A number in the form of a pointer. FFmpeg passes it back to callbacks, and nothing dereferences it. */
    private static final class Place extends Pointer {
        Place(long number) {
            super((Pointer) null);
            address = number;
        }
    }

    private static final class Reader extends Read_packet_Pointer_BytePointer_int {
        Reader() {
            retainReference(); // otherwise the scope of a thread that uses it would free it
        }

        @Override
        public int call(Pointer opaque, BytePointer buffer, int size) {
            SourceIo io = OPEN.get(opaque.address());
            return io == null ? AVERROR_EXTERNAL : io.read(buffer, size);
        }
    }

    private static final class Seeker extends Seek_Pointer_long_int {
        Seeker() {
            retainReference();
        }

        @Override
        public long call(Pointer opaque, long offset, int whence) {
            SourceIo io = OPEN.get(opaque.address());
            return io == null ? AVERROR_EXTERNAL : io.seek(offset, whence);
        }
    }
}
