package org.quantvoice.audio;

import java.nio.charset.StandardCharsets;

/** Reads FLAC files, all of RFC 9639, with 4 to 32 bits. */
final class FlacDecoder implements AudioDecoder {
    @Override
    public String name() {
        return "flac";
    }

    @Override
    public boolean accepts(byte[] head) {
        return new String(head, StandardCharsets.ISO_8859_1).startsWith(FlacStream.MAGIC);
    }

    @Override
    public AudioStream open(AudioSource source, AudioOptions options) {
        AudioDecoders.onlyTrack(source, options);
        return new FlacStream(source);
    }
}
