package org.quantvoice.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioStream;

/** The recordings of the tests, and ways to read them. */
final class Recordings {
    static final AudioOptions STRICT = AudioOptions.DEFAULT.withStrict(true);
    /** The rounding to 16 bits of the reference, and that of other processors' floating point. */
    static final float ROUNDING = 0.5f / 32_768 + 3e-5f;

    private Recordings() {}

    static byte[] bytes(String name) {
        try (InputStream in = Recordings.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    /** A pipe: a stream that nobody can seek in. */
    static AudioStream open(byte[] bytes, AudioOptions options) {
        return AudioFiles.open(new ByteArrayInputStream(bytes), "test.audio", options);
    }

    static float[] read(byte[] bytes, AudioOptions options) {
        try (AudioStream stream = open(bytes, options)) {
            return drain(stream);
        }
    }

    /** What FFmpeg itself decoded, as recorded. */
    static float[] reference(String name) {
        return read(bytes(name + ".flac"), STRICT);
    }

    static float[] drain(AudioStream stream) {
        float[] all = new float[1 << 16];
        float[] block = new float[777 * stream.channels()];
        int size = 0;
        for (int count = stream.read(block); count > 0; count = stream.read(block)) {
            int values = count * stream.channels();
            all = size + values > all.length ? Arrays.copyOf(all, 2 * all.length) : all;
            System.arraycopy(block, 0, all, size, values);
            size += values;
        }
        return Arrays.copyOf(all, size);
    }

    static byte[] join(byte[]... parts) {
        byte[] all = {};
        for (byte[] part : parts) {
            all = Arrays.copyOf(all, all.length + part.length);
            System.arraycopy(part, 0, all, all.length - part.length, part.length);
        }
        return all;
    }

    static void assertClose(float[] actual, float[] expected, float within, String what) {
        assertThat(actual.length).as("samples of " + what).isEqualTo(expected.length);
        for (int i = 0; i < actual.length; i++) {
            if (Math.abs(actual[i] - expected[i]) > within) {
                throw new AssertionError(what + ": sample " + i + " is " + actual[i] + ", not " + expected[i]);
            }
        }
    }
}
