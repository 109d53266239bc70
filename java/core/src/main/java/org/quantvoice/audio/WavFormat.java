package org.quantvoice.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The "fmt " chunk of a WAV file.
 *
 * @param codec decodes the samples
 * @param channels 1 or more
 * @param sampleRate hertz, as the header claims
 */
record WavFormat(WavCodec codec, int channels, int sampleRate) {
    private static final int MIN_LENGTH = 16;
    private static final int EXTENSIBLE_LENGTH = 40;
    private static final int TAG_PCM = 1;
    private static final int TAG_MS_ADPCM = 2;
    private static final int TAG_FLOAT = 3;
    private static final int TAG_A_LAW = 6;
    private static final int TAG_MU_LAW = 7;
    private static final int TAG_IMA_ADPCM = 0x11;
    private static final int TAG_EXTENSIBLE = 0xfffe;
    /** Last 8 bytes of a subformat GUID that stands for a plain format tag: xxxx0000-0000-0010-8000-00aa00389b71. */
    private static final long GUID_TAIL = 0x719b_3800_aa00_0080L;
    /** Last 8 bytes of a subformat GUID of ambisonic B-format files: xxxx0000-0721-11d3-8644-c8c1ca000000. */
    private static final long AMBISONIC_TAIL = 0x0000_00ca_c1c8_4486L;

    /** Returns whether the samples have a supported encoding, as far as the start of the chunk shows. */
    static boolean supports(byte[] chunk, boolean bigEndian) {
        int tag = tag(ByteBuffer.wrap(chunk).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN));
        return switch (tag) {
            case TAG_PCM, TAG_MS_ADPCM, TAG_FLOAT, TAG_A_LAW, TAG_MU_LAW, TAG_IMA_ADPCM, TAG_EXTENSIBLE -> true;
            default -> false;
        };
    }

    /**
     * Returns the format tag, which may be in the subformat; {@value #TAG_EXTENSIBLE} if that is cut off or unknown.
     */
    private static int tag(ByteBuffer chunk) {
        int tag = chunk.getShort(0) & 0xffff;
        if (tag != TAG_EXTENSIBLE || chunk.limit() < EXTENSIBLE_LENGTH) {
            return tag;
        }
        ByteBuffer guid = chunk.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long tail = guid.getLong(32);
        int middle = guid.getInt(28);
        boolean plain = tail == GUID_TAIL && middle == 0x0010_0000;
        boolean ambisonic = tail == AMBISONIC_TAIL && middle == 0x11d3_0721;
        return (plain || ambisonic) && guid.getShort(26) == 0 ? guid.getShort(24) & 0xffff : tag;
    }

    static WavFormat parse(AudioSource source, byte[] body, ByteOrder order) {
        if (body.length < MIN_LENGTH) {
            throw source.failure(
                    "a format chunk of " + body.length + " bytes",
                    "at least " + MIN_LENGTH + " bytes",
                    "write the file again: its header is damaged");
        }
        ByteBuffer chunk = ByteBuffer.wrap(body).order(order);
        int tag = tag(chunk);
        int channels = chunk.getShort(2) & 0xffff;
        int sampleRate = chunk.getInt(4);
        int blockAlign = chunk.getShort(12) & 0xffff;
        int bits = chunk.getShort(14) & 0xffff;
        if (sampleRate < 0) {
            throw source.failure(
                    "a sample rate of " + (sampleRate & 0xffff_ffffL) + " Hz",
                    "1 to " + Audio.MAX_RATE + " Hz",
                    "check the file's header");
        }
        WavCodec codec = channels == 0 ? null : codec(tag, channels, bits, blockAlign, chunk);
        if (codec == null) {
            throw source.failure(
                    channels + " channels of " + bits + " bits in blocks of " + blockAlign + " bytes, " + name(tag),
                    "PCM of 8 to 32 or 64 bits, IEEE float of 32 or 64 bits, A-law, mu-law, or IMA or MS ADPCM of 4 bits, "
                            + "and at least one channel in blocks that hold it",
                    "if the header is right, add the module " + AudioDecoders.MODULE + "; else write the file again");
        }
        return new WavFormat(codec, channels, sampleRate);
    }

    private static @Nullable WavCodec codec(int tag, int channels, int bits, int blockAlign, ByteBuffer chunk) {
        return switch (tag) {
            case TAG_PCM -> plain(WavEncoding.pcm(container(bits, channels, blockAlign)), channels, blockAlign);
            case TAG_FLOAT -> plain(WavEncoding.ieeeFloat(bits / 8), channels, blockAlign);
            case TAG_A_LAW -> plain(WavEncoding.ALAW, channels, blockAlign);
            case TAG_MU_LAW -> plain(WavEncoding.MULAW, channels, blockAlign);
            case TAG_IMA_ADPCM -> bits == 4 ? ImaAdpcm.of(channels, blockAlign) : null;
            case TAG_MS_ADPCM -> bits == 4 ? MsAdpcm.of(channels, blockAlign, chunk) : null;
            default -> null;
        };
    }

    /**
     * Returns the number of bytes of a sample: as many as its bits need, or 4, in which some recorders store 17 to 24
     * bits.
     */
    private static int container(int bits, int channels, int blockAlign) {
        int bytes = (bits + 7) / 8;
        return bytes == 3 && blockAlign == 4 * channels ? 4 : bytes;
    }

    /**
     * Returns the codec; null unless blocks hold one sample of each channel, or the header leaves their size open.
     */
    private static @Nullable WavCodec plain(@Nullable WavEncoding encoding, int channels, int blockAlign) {
        if (encoding == null) {
            return null;
        }
        boolean fits = blockAlign == 0 || blockAlign == channels * encoding.bytes();
        return fits ? encoding.interleaved(channels) : null;
    }

    /** Returns the name of the encoding of a WAV file's samples, for an error message. */
    static String name(byte[] chunk, boolean bigEndian) {
        return name(tag(ByteBuffer.wrap(chunk).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)));
    }

    private static String name(int tag) {
        return switch (tag) {
            case TAG_PCM -> "PCM";
            case TAG_MS_ADPCM -> "MS ADPCM";
            case TAG_FLOAT -> "IEEE float";
            case TAG_A_LAW -> "A-law";
            case TAG_MU_LAW -> "mu-law";
            case TAG_IMA_ADPCM -> "IMA ADPCM";
            case 0x31 -> "GSM 6.10";
            case 0x50, 0x55 -> "MPEG audio";
            case 0x160, 0x161, 0x162 -> "Windows Media audio";
            case TAG_EXTENSIBLE -> "an unknown subformat";
            default -> String.format("format 0x%04x", tag);
        };
    }
}
