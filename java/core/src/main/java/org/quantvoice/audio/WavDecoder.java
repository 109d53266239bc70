package org.quantvoice.audio;

import org.quantvoice.audio.WavChunks.Chunk;

/** Reads WAV: every container of {@link WavChunks} with every encoding of {@link WavFormat}. */
final class WavDecoder implements AudioDecoder {
    /**
     * Largest size of a format chunk in bytes; real ones have at most 40 bytes, or 50 with the coefficients of MS
     * ADPCM.
     */
    private static final int MAX_FORMAT = 4_096;

    @Override
    public String name() {
        return "wav";
    }

    /**
     * Returns whether the file is WAV. Files whose format chunk is not near the start are accepted, and refused later
     * if necessary.
     */
    @Override
    public boolean accepts(byte[] head) {
        if (!WavChunks.matches(head)) {
            return false;
        }
        byte[] format = formatIn(head);
        return format.length < 2 || WavFormat.supports(format, isBigEndian(head));
    }

    static boolean isBigEndian(byte[] head) {
        return head[3] == 'X';
    }

    /** Returns the format chunk's body if it lies in the first bytes of a file; else an empty array. */
    static byte[] formatIn(byte[] head) {
        AudioSource source = AudioSource.of(head, "head");
        WavChunks chunks = new WavChunks(source);
        for (Chunk chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
            if (chunk.id().equals("fmt ")) {
                return source.readUpTo((int) Math.min(MAX_FORMAT, chunk.size()));
            }
        }
        return new byte[0];
    }

    @Override
    public AudioStream open(AudioSource source, AudioOptions options) {
        AudioDecoders.onlyTrack(source, options);
        long start = source.position();
        WavChunks chunks = new WavChunks(source);
        WavFormat format = null;
        for (Chunk chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
            if (chunk.id().equals("fmt ")) {
                byte[] body = body(source, chunk);
                format = WavFormat.parse(source, body, chunks.order());
            } else if (chunk.id().equals("data")) {
                if (format == null) {
                    throw source.failure(
                            "a data chunk with no format chunk before it",
                            "the format chunk first",
                            "write the file again: its header is damaged");
                }
                return new WavStream(source, chunks, chunk, format);
            }
        }
        throw source.failure(
                "a WAV file of " + (source.position() - start) + " bytes without a data chunk",
                "a format chunk and a data chunk",
                "fetch or record the file again: it is truncated");
    }

    private static byte[] body(AudioSource source, Chunk chunk) {
        int size = (int) Math.min(MAX_FORMAT, chunk.size());
        byte[] body = source.readUpTo(size);
        if (body.length < size) {
            throw source.failure(
                    "a chunk of " + chunk.size() + " bytes, of which the file holds " + body.length,
                    "a file as long as its header claims",
                    "fetch or record the file again: it is truncated or its header is damaged");
        }
        return body;
    }
}
