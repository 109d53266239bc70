package org.quantvoice.audio;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.WavChunks.Chunk;
import org.quantvoice.error.TruncatedAudioException;

/** The samples of all data chunks of a WAV file, one after the other. */
final class WavStream implements AudioStream {
    private static final int BLOCK = 1 << 15;

    private final AudioSource source;
    private final WavChunks chunks;
    private final WavFormat format;
    private final WavCodec codec;
    private final OptionalLong frames;
    /** Bytes that were read but not decoded; never a complete block between calls. */
    private final ByteBuffer bytes;

    private final float[] samples;
    private int next;
    private int decoded;
    /** The current data chunk; null behind the last one. */
    private @Nullable Chunk chunk;

    private long chunkRead;
    private @Nullable String broken;

    WavStream(AudioSource source, WavChunks chunks, Chunk first, WavFormat format) {
        this.source = source;
        this.chunks = chunks;
        this.chunk = first;
        this.format = format;
        this.codec = format.codec();
        int blocks = Math.max(1, BLOCK / codec.blockBytes());
        this.bytes = ByteBuffer.allocate(blocks * codec.blockBytes()).order(chunks.order());
        this.samples = new float[blocks * codec.blockFrames() * format.channels()];
        long size =
                first.size() != WavChunks.UNKNOWN ? first.size() : source.size().orElse(-1) - source.position();
        this.frames =
                size < 0 ? OptionalLong.empty() : OptionalLong.of(size / codec.blockBytes() * codec.blockFrames());
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public int sampleRate() {
        return format.sampleRate();
    }

    @Override
    public int channels() {
        return format.channels();
    }

    @Override
    public OptionalLong frames() {
        return frames;
    }

    @Override
    public int read(float[] out, int from, int count) {
        while (next == decoded) {
            if (chunk == null) {
                return end();
            }
            next = 0;
            decoded = fill(chunk);
        }
        int read = Math.min(count, decoded - next);
        System.arraycopy(samples, next * channels(), out, from, read * channels());
        next += read;
        return read;
    }

    private int end() {
        if (broken != null) {
            throw new TruncatedAudioException(
                    source.name() + ": " + broken,
                    "a file as long as its header claims, and whole blocks of samples",
                    "fetch or record the file again: it is truncated or its header is damaged");
        }
        return -1;
    }

    /** Reads and decodes the next bytes, which may be too few for a frame. */
    private int fill(Chunk current) {
        int room = bytes.remaining();
        boolean unknown = current.size() == WavChunks.UNKNOWN;
        int wanted = unknown ? room : (int) Math.min(room, current.size() - chunkRead);
        int read = wanted == 0 ? -1 : source.read(bytes.array(), bytes.position(), wanted);
        if (read < 0) {
            return endChunk(current);
        }
        chunkRead += read;
        bytes.position(bytes.position() + read).flip();
        int count = codec.decode(bytes, samples);
        bytes.compact();
        return count;
    }

    private int endChunk(Chunk current) {
        if (current.size() != WavChunks.UNKNOWN && chunkRead < current.size()) {
            broken = "a data chunk of " + current.size() + " bytes, of which the file holds " + chunkRead;
        } else if (bytes.position() > 0 && broken == null) {
            broken = bytes.position() + " bytes at the end of a data chunk of " + chunkRead + ", in blocks of "
                    + codec.blockBytes() + " bytes";
        }
        bytes.flip();
        int count = codec.decodeRest(bytes, samples);
        bytes.clear();
        chunkRead = 0;
        chunk = nextData();
        return count;
    }

    private @Nullable Chunk nextData() {
        Chunk found = chunks.next();
        while (found != null && !found.id().equals("data")) {
            found = chunks.next();
        }
        return found;
    }

    @Override
    public void close() {
        source.close();
    }
}
