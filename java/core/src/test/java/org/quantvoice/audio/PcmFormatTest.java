package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.AudioFormatException;

/** Samples as applications have them. */
class PcmFormatTest {
    private static final short[] STEREO = {100, 300, -32_768, -32_768, 32_767, 32_765, 1, 2};
    private static final float[] MEAN = {200 / 32_768f, -1, 32_766 / 32_768f, 1.5f / 32_768f};

    private static ByteBuffer buffer(ByteOrder order) {
        ByteBuffer out = ByteBuffer.allocate(2 * STEREO.length).order(order);
        for (short sample : STEREO) {
            out.putShort(sample);
        }
        return out.flip();
    }

    @Test
    void takesArraysAndBuffers() {
        PcmFormat format = PcmFormat.pcm16(8_000, 2);
        assertThat(format.audio(buffer(ByteOrder.LITTLE_ENDIAN).array()).samples())
                .containsExactly(MEAN);
        assertThat(format.withOrder(ByteOrder.BIG_ENDIAN)
                        .audio(buffer(ByteOrder.BIG_ENDIAN).array())
                        .samples())
                .containsExactly(MEAN);
        assertThat(Audio.of(STEREO, 8_000, 2).samples()).containsExactly(MEAN);
        assertThat(Audio.of(STEREO, 8_000, 2).sampleRate()).isEqualTo(8_000);
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            ByteBuffer samples = buffer(order).position(4);
            Audio audio = format.audio(samples);
            assertThat(audio.samples()).containsExactly(MEAN[1], MEAN[2], MEAN[3]);
            assertThat(samples.position()).isEqualTo(4);
        }
    }

    @Test
    void takesFloats() {
        float[] samples = {0.5f, -0.25f, 1.5f};
        ByteBuffer direct = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
        direct.asFloatBuffer().put(samples);
        assertThat(PcmFormat.float32(44_100, 1).audio(direct).samples()).containsExactly(samples);
        assertThat(Audio.of(samples, 44_100, 3).samples()).containsExactly((float) (1.75 / 3));
        assertThat(Audio.of(samples, 44_100, 1).samples()).containsExactly(samples);
    }

    @Test
    void refusesWhatIsNoWholeFrame() {
        assertThatThrownBy(() -> PcmFormat.pcm16(8_000, 2).audio(new byte[7]))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("3 bytes at the end");
        assertThatThrownBy(() -> Audio.of(new short[7], 8_000, 2))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("7 samples of 2 channels");
        assertThatThrownBy(() -> Audio.of(new float[7], 8_000, 0))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("7 samples of 0 channels");
        assertThatThrownBy(() -> PcmFormat.pcm16(0, 1)).isInstanceOf(AudioFormatException.class);
        assertThatThrownBy(() -> PcmFormat.float32(8_000, 0)).isInstanceOf(AudioFormatException.class);
        assertThatThrownBy(() -> PcmFormat.pcm16(8_000, 1).audio(new byte[0]))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("0 samples");
    }

    /** The sample 0x40 (of 8 bits), 0x4000 (of 16) and so on is a half in every encoding. */
    @ParameterizedTest
    @CsvSource({
        "PCM_SIGNED, 8, false, 40",
        "PCM_UNSIGNED, 8, false, C0",
        "PCM_SIGNED, 16, true, 4000",
        "PCM_SIGNED, 16, false, 0040",
        "PCM_UNSIGNED, 16, true, C000",
        "PCM_SIGNED, 24, true, 400000",
        "PCM_SIGNED, 32, false, 00000040",
        "PCM_FLOAT, 32, true, 3F000000",
        "PCM_FLOAT, 64, false, 000000000000E03F"
    })
    void takesWhatJavaxSoundDelivers(String encoding, int bits, boolean bigEndian, String hex) {
        byte[] sample = HexFormat.of().parseHex(hex);
        AudioFormat format =
                new AudioFormat(new AudioFormat.Encoding(encoding), 22_050, bits, 1, sample.length, 22_050, bigEndian);
        AudioInputStream in = new AudioInputStream(new ByteArrayInputStream(sample), format, 1);
        try (AudioStream stream = PcmFormat.stream(in, "line")) {
            assertThat(stream.sampleRate()).isEqualTo(22_050);
            assertThat(WavEncodingTest.drain(stream, 4)).containsExactly(0.5f);
        }
    }

    @Test
    void refusesWhatJavaxSoundDoesNotKnow() {
        AudioFormat format = new AudioFormat(new AudioFormat.Encoding("SECRET"), 8_000, 16, 1, 2, 8_000, false);
        AudioInputStream in = new AudioInputStream(new ByteArrayInputStream(new byte[2]), format, 1);
        assertThatThrownBy(() -> PcmFormat.stream(in, "line"))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("line: samples of the format SECRET");
    }
}
