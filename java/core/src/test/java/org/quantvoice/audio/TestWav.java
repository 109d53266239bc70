package org.quantvoice.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** WAV files for tests, written from the description of the format. */
final class TestWav {
    private TestWav() {}

    static byte[] chunk(String id, byte[] body) {
        ByteBuffer out = little(8 + body.length + body.length % 2);
        out.put(id.getBytes(StandardCharsets.US_ASCII)).putInt(body.length).put(body);
        return out.array();
    }

    static byte[] format(int tag, int channels, int rate, int bits) {
        int align = channels * bits / 8;
        return little(16)
                .putShort((short) tag)
                .putShort((short) channels)
                .putInt(rate)
                .putInt(rate * align)
                .putShort((short) align)
                .putShort((short) bits)
                .array();
    }

    static byte[] extensible(int tag, int channels, int rate, int bits) {
        byte[] guidTail = {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71};
        return little(40)
                .put(format(0xfffe, channels, rate, bits))
                .putShort((short) 22)
                .putShort((short) bits)
                .putInt(0)
                .putShort((short) tag)
                .put(guidTail)
                .array();
    }

    static byte[] riff(byte[]... chunks) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("WAVE".getBytes(StandardCharsets.US_ASCII));
        for (byte[] chunk : chunks) {
            body.writeBytes(chunk);
        }
        return chunk("RIFF", body.toByteArray());
    }

    static byte[] pcm16(int rate, short... samples) {
        ByteBuffer data = little(2 * samples.length);
        for (short sample : samples) {
            data.putShort(sample);
        }
        return riff(chunk("fmt ", format(1, 1, rate, 16)), chunk("data", data.array()));
    }

    static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
