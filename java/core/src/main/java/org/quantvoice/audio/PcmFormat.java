package org.quantvoice.audio;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.quantvoice.error.AudioFormatException;

/**
 * The format of samples without a header, as programs hold them in memory or get them from a line: signed 16-bit
 * integers or 32-bit floats, interleaved, little-endian by default. Immutable.
 */
public final class PcmFormat {
    private static final int TAG_PCM = 1;
    private static final int TAG_FLOAT = 3;
    private static final int TAG_A_LAW = 6;
    private static final int TAG_MU_LAW = 7;

    private final int tag;
    private final int bytes;
    private final int sampleRate;
    private final int channels;
    private final ByteOrder order;

    private PcmFormat(int tag, int bytes, int sampleRate, int channels, ByteOrder order) {
        if (sampleRate < 1 || sampleRate > Audio.MAX_RATE || channels < 1 || channels > GuardedStream.MAX_CHANNELS) {
            throw new AudioFormatException(
                    "samples of " + sampleRate + " Hz and " + channels + " channels",
                    "1 to " + Audio.MAX_RATE + " Hz and 1 to " + GuardedStream.MAX_CHANNELS + " channels",
                    "pass the rate and the channels of the samples");
        }
        this.tag = tag;
        this.bytes = bytes;
        this.sampleRate = sampleRate;
        this.channels = channels;
        this.order = order;
    }

    /**
     * Returns the format of 16-bit integers.
     *
     * @param sampleRate hertz, 1 to 768,000
     */
    public static PcmFormat pcm16(int sampleRate, int channels) {
        return new PcmFormat(TAG_PCM, Short.BYTES, sampleRate, channels, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Returns the format of 32-bit floats.
     *
     * @param sampleRate hertz, 1 to 768,000
     */
    public static PcmFormat float32(int sampleRate, int channels) {
        return new PcmFormat(TAG_FLOAT, Float.BYTES, sampleRate, channels, ByteOrder.LITTLE_ENDIAN);
    }

    public PcmFormat withOrder(ByteOrder byteOrder) {
        return new PcmFormat(tag, bytes, sampleRate, channels, Objects.requireNonNull(byteOrder, "byteOrder"));
    }

    /**
     * Returns the mean of the channels, as audio.
     *
     * @param samples not changed; whole frames
     */
    public Audio audio(byte[] samples) {
        return AudioFiles.whole(stream(new ByteArrayInputStream(samples), "samples"));
    }

    /**
     * Returns the mean of the channels of the buffer's remaining samples, without moving its position. The byte order
     * is the buffer's, not this format's.
     */
    public Audio audio(ByteBuffer samples) {
        byte[] copy = new byte[samples.remaining()];
        samples.duplicate().get(copy);
        return withOrder(samples.order()).audio(copy);
    }

    /**
     * Returns the samples of a stream as they arrive; closing the result leaves {@code in} open. An incomplete sample
     * at the end is refused.
     *
     * @param name name of the stream in error messages
     */
    public AudioStream stream(InputStream in, String name) {
        InputStream withHeader = new SequenceInputStream(new ByteArrayInputStream(header()), in);
        AudioSource source = AudioSource.of(withHeader, name);
        return new GuardedStream(new WavDecoder().open(source, AudioOptions.DEFAULT), true);
    }

    /** Returns the header of a WAV file of unknown length, so that one reader serves both. */
    private byte[] header() {
        int frame = channels * bytes;
        return ByteBuffer.allocate(44)
                .order(order)
                .put((order == ByteOrder.BIG_ENDIAN ? "RIFX" : "RIFF").getBytes(StandardCharsets.US_ASCII))
                .putInt(-1)
                .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                .putInt(16)
                .putShort((short) tag)
                .putShort((short) channels)
                .putInt(sampleRate)
                .putInt(sampleRate * frame)
                .putShort((short) frame)
                .putShort((short) (8 * bytes))
                .put("data".getBytes(StandardCharsets.US_ASCII))
                .putInt(-1)
                .array();
    }

    /**
     * Returns the samples of {@code javax.sound}, of any encoding that it can turn into 16 bits itself; closing the
     * result leaves {@code in} open.
     *
     * @param name name of the stream in error messages
     * @throws AudioFormatException when the encoding is none that {@code javax.sound} knows, or the rate is left open
     */
    public static AudioStream stream(AudioInputStream in, String name) {
        AudioFormat format = in.getFormat();
        int rate = Math.round(format.getSampleRate());
        int channels = format.getChannels();
        int bits = format.getSampleSizeInBits();
        ByteOrder order = format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        int tag = tag(format);
        if (tag != 0) {
            InputStream samples = bits == 8 && format.getEncoding().equals(Encoding.PCM_SIGNED) ? unsigned(in) : in;
            return new PcmFormat(tag, bits / 8, rate, channels, order).stream(samples, name);
        }
        AudioFormat target = new AudioFormat(format.getSampleRate(), 16, channels, true, false);
        if (!AudioSystem.isConversionSupported(target, format)) {
            throw new AudioFormatException(
                    name + ": samples of the format " + format,
                    "a format that javax.sound turns into signed PCM of 16 bits",
                    "convert the samples first");
        }
        InputStream converted = AudioSystem.getAudioInputStream(target, in);
        return pcm16(rate, channels).stream(converted, name);
    }

    /** Returns the format tag of WAV files that hold samples of this encoding; 0 if there is none. */
    private static int tag(AudioFormat format) {
        int bits = format.getSampleSizeInBits();
        Encoding encoding = format.getEncoding();
        if (encoding.equals(Encoding.PCM_SIGNED) && bits % 8 == 0 && bits >= 8 && bits <= 32
                || encoding.equals(Encoding.PCM_UNSIGNED) && bits == 8) {
            return TAG_PCM;
        }
        if (encoding.equals(Encoding.PCM_FLOAT) && (bits == 32 || bits == 64)) {
            return TAG_FLOAT;
        }
        if (bits == 8) {
            return encoding.equals(Encoding.ALAW) ? TAG_A_LAW : encoding.equals(Encoding.ULAW) ? TAG_MU_LAW : 0;
        }
        return 0;
    }

    /** Converts signed 8-bit samples to the unsigned ones of WAV files, in which 128 stands for 0. */
    private static InputStream unsigned(InputStream signed) {
        return new FilterInputStream(signed) {
            @Override
            public int read(byte[] out, int from, int count) throws IOException {
                int read = super.read(out, from, count);
                for (int i = from; i < from + read; i++) {
                    out[i] ^= (byte) 0x80;
                }
                return read;
            }
        };
    }
}
