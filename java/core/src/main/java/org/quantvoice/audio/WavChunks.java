package org.quantvoice.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunks of a WAV file, one after the other: RIFF, RIFX (big-endian), RF64 and BW64 (EBU Tech 3306, ITU-R
 * BS.2088), and Sony's W64, whose identifiers are GUIDs and whose sizes have 64 bits and count the chunk's header.
 */
final class WavChunks {
    /** Size of a data chunk whose header does not know it. */
    static final long UNKNOWN = -1;

    /** Names of chunks that occur beside the samples; bytes with one of these names are no samples. */
    private static final Set<String> USUAL = Set.of(
            "fmt ", "data", "fact", "LIST", "ds64", "JUNK", "junk", "PAD ", "bext", "cue ", "id3 ", "ID3 ", "iXML",
            "_PMX", "axml", "chna", "smpl", "inst", "PEAK", "FLLR", "levl", "afsp");

    private static final int GUID = 16;
    private static final int W64_CHUNK_HEADER = GUID + Long.BYTES;
    private static final int W64_FILE_HEADER = W64_CHUNK_HEADER + GUID;
    private static final String W64_RIFF = "726966662e91cf11a5d628db04c10000";
    private static final String W64_WAVE = "77617665f3acd3118cd100c04f8edb8a";
    private static final long MAX_32 = 0xffff_ffffL;

    private final AudioSource source;
    private final boolean w64;
    private final ByteOrder order;
    /** Position at which the last chunk's body ends. */
    private long end;

    private int padding;
    private long longDataSize = UNKNOWN;

    /**
     * A chunk whose body is next in the source.
     *
     * @param id four characters; empty for a GUID of another kind
     * @param size bytes of the body as the header claims, or {@link #UNKNOWN} for a body up to the end of the file
     */
    record Chunk(String id, long size) {}

    /** @param source must be at the start of the file */
    WavChunks(AudioSource source) {
        this.source = source;
        byte[] head = source.peek(W64_FILE_HEADER);
        this.w64 = isW64(head);
        this.order = head[3] == 'X' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        this.end = source.position() + (w64 ? W64_FILE_HEADER : 12);
    }

    static boolean matches(byte[] head) {
        return head.length >= 12
                        && Set.of("RIFF", "RIFX", "RF64", "BW64").contains(ascii(head, 0))
                        && ascii(head, 8).equals("WAVE")
                || isW64(head);
    }

    private static boolean isW64(byte[] head) {
        return head.length >= W64_FILE_HEADER
                && HexFormat.of().formatHex(head, 0, GUID).equals(W64_RIFF)
                && HexFormat.of()
                        .formatHex(head, W64_CHUNK_HEADER, W64_FILE_HEADER)
                        .equals(W64_WAVE);
    }

    private static String ascii(byte[] bytes, int at) {
        return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
    }

    ByteOrder order() {
        return order;
    }

    /** Goes to the next chunk from any position in the last one; returns null if no complete header is left. */
    @Nullable
    Chunk next() {
        source.skip(end - source.position());
        skipPadding();
        byte[] header = source.readUpTo(w64 ? W64_CHUNK_HEADER : 8);
        if (header.length < (w64 ? W64_CHUNK_HEADER : 8)) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(header).order(order);
        Chunk chunk =
                w64 ? chunk64(header, fields.getLong(GUID)) : chunk32(ascii(header, 0), fields.getInt(4) & MAX_32);
        end = chunk.size() == UNKNOWN ? Long.MAX_VALUE : source.position() + chunk.size();
        return end < 0 ? new Chunk(chunk.id(), UNKNOWN) : chunk;
    }

    /** Skips the padding byte that follows an odd chunk, except where a program forgot it. */
    private void skipPadding() {
        byte[] next = source.peek(4);
        if (padding > 0 && (w64 || next.length < 4 || !USUAL.contains(ascii(next, 0)))) {
            source.skip(padding);
        }
        padding = 0;
    }

    private Chunk chunk64(byte[] header, long size) {
        boolean usual = HexFormat.of().formatHex(header, 4, GUID).equals(W64_WAVE.substring(8));
        padding = (int) (-size & 7);
        return new Chunk(usual ? ascii(header, 0) : "", size < W64_CHUNK_HEADER ? UNKNOWN : size - W64_CHUNK_HEADER);
    }

    private Chunk chunk32(String id, long size) {
        if (id.equals("ds64")) {
            byte[] sizes = source.peek(GUID);
            longDataSize = sizes.length < GUID
                    ? UNKNOWN
                    : ByteBuffer.wrap(sizes).order(order).getLong(8);
        }
        long body = id.equals("data") ? dataSize(size) : size;
        padding = (int) (body & 1);
        return new Chunk(id, body);
    }

    /**
     * Returns the size of the data, or {@link #UNKNOWN} for a placeholder: recorders and pipes that cannot go back to
     * the header, or whose size does not fit it, leave 0, all ones, values just below 2^31 or 2^32 (sox writes
     * 0x7ffff000), or the size modulo 2^32.
     */
    private long dataSize(long claimed) {
        if (claimed == MAX_32 && longDataSize > 0) {
            return longDataSize;
        }
        boolean placeholder = claimed == 0 || (claimed & 0x7fff_f000L) == 0x7fff_f000L;
        if (placeholder) {
            return endsAfter(claimed) ? claimed : UNKNOWN;
        }
        long rest = source.size().orElse(0) - source.position();
        if (rest - claimed > MAX_32 && !endsAfter(claimed)) {
            return claimed + (rest - claimed >> 32 << 32);
        }
        return claimed;
    }

    /**
     * Returns whether the file ends, or another chunk begins, behind a body of that size; false if that can be found
     * only by reading the whole body.
     */
    private boolean endsAfter(long size) {
        if (size > 0 && !source.seekable()) {
            return false;
        }
        long body = source.position();
        if (size > 0 && body + size >= source.size().orElse(0)) {
            return body + size == source.size().orElse(0);
        }
        if (size > 0) {
            source.seek(body + size + (size & 1));
        }
        byte[] next = source.peek(4);
        if (size > 0) {
            source.seek(body);
        }
        return next.length == 0 || next.length == 4 && USUAL.contains(ascii(next, 0));
    }
}
