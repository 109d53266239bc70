package org.quantvoice.audio;

/**
 * The "fmt " chunk of a WAV file.
 *
 * @param encoding how one sample is stored
 * @param channels 1 or more
 * @param sampleRate hertz, as the header has it
 */
record WavFormat(WavEncoding encoding, int channels, int sampleRate) {
    private static final int MIN_LENGTH = 16;
    private static final int EXTENSIBLE_LENGTH = 40;
    private static final int TAG_PCM = 1;
    private static final int TAG_FLOAT = 3;
    private static final int TAG_EXTENSIBLE = 0xfffe;
    /** Bytes 2 to 15 of a subformat GUID that stands for a plain format tag: xxxx0000-0000-0010-8000-00aa00389b71. */
    private static final byte[] GUID_TAIL = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71
    };

    int blockAlign() {
        return channels * encoding.bytes();
    }

    static WavFormat parse(AudioBytes in, int offset, long length) {
        if (length < MIN_LENGTH) {
            throw in.fail(
                    "a format chunk of " + length + " bytes",
                    "at least " + MIN_LENGTH + " bytes",
                    "write the file again: its header is damaged");
        }
        int tag = in.u16(offset);
        int channels = in.u16(offset + 2);
        long sampleRate = in.u32(offset + 4);
        int blockAlign = in.u16(offset + 12);
        int bits = in.u16(offset + 14);
        WavEncoding encoding = encoding(in, tag == TAG_EXTENSIBLE ? subformat(in, offset, length) : tag, bits);
        if (channels == 0 || blockAlign != channels * encoding.bytes()) {
            throw in.fail(
                    channels + " channels of " + bits + " bits in blocks of " + blockAlign + " bytes",
                    "at least one channel, and blocks of channels * bits / 8 bytes",
                    "write the file again: its header is damaged");
        }
        if (sampleRate > Integer.MAX_VALUE) {
            throw in.fail("a sample rate of " + sampleRate + " Hz", "1 to 768000 Hz", "check the file's header");
        }
        return new WavFormat(encoding, channels, (int) sampleRate);
    }

    private static int subformat(AudioBytes in, int offset, long length) {
        if (length < EXTENSIBLE_LENGTH) {
            throw in.fail(
                    "an extensible format chunk of " + length + " bytes",
                    "at least " + EXTENSIBLE_LENGTH + " bytes",
                    "write the file again: its header is damaged");
        }
        for (int i = 0; i < GUID_TAIL.length; i++) {
            if (in.bytes()[offset + 26 + i] != GUID_TAIL[i]) {
                throw in.fail("an unknown WAV subformat", "PCM or IEEE float samples", AudioFiles.CONVERT);
            }
        }
        return in.u16(offset + 24);
    }

    private static WavEncoding encoding(AudioBytes in, int tag, int bits) {
        WavEncoding encoding =
                switch (tag) {
                    case TAG_PCM -> WavEncoding.pcm(bits);
                    case TAG_FLOAT -> WavEncoding.ieeeFloat(bits);
                    default -> null;
                };
        if (encoding == null) {
            throw in.fail(
                    "WAV samples of " + bits + " bits in " + tagName(tag),
                    "PCM of 8, 16, 24 or 32 bits or IEEE float of 32 or 64 bits",
                    AudioFiles.CONVERT);
        }
        return encoding;
    }

    private static String tagName(int tag) {
        return switch (tag) {
            case TAG_PCM -> "PCM";
            case 0x02, 0x11 -> "ADPCM";
            case TAG_FLOAT -> "IEEE float";
            case 0x06 -> "A-law";
            case 0x07 -> "mu-law";
            case 0x50, 0x55 -> "MPEG audio";
            default -> String.format("format 0x%04x", tag);
        };
    }
}
