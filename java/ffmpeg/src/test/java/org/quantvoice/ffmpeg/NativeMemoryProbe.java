package org.quantvoice.ffmpeg;

import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.error.AudioFormatException;

/** Reads recordings again and again, whole, in part and damaged, and prints by how many bytes the process has grown. */
final class NativeMemoryProbe {
    static final int ROUNDS = 400;

    private static final String[] NAMES = {
        "vbr.mp3", "vorbis.ogg", "opus.webm", "aac.mkv", "mute.mp4", "alac.m4a", "wma.wma"
    };

    private NativeMemoryProbe() {}

    private static void round(int number) {
        byte[] bytes = Recordings.bytes(NAMES[number % NAMES.length]);
        if (number % 5 == 0) {
            bytes[bytes.length / 3] ^= 0x40;
            bytes = Arrays.copyOf(bytes, bytes.length * 2 / 3);
        }
        try (AudioStream stream = Recordings.open(bytes, AudioOptions.DEFAULT)) {
            if (number % 3 == 0) {
                stream.read(new float[10 * stream.channels()]);
            } else {
                Recordings.drain(stream);
            }
        } catch (AudioFormatException expected) {
            if (!expected.got().contains("test.audio")) {
                throw expected;
            }
        }
    }

    public static void main(String[] arguments) {
        for (int i = 0; i < ROUNDS; i++) {
            round(i);
        }
        System.gc();
        long before = Pointer.physicalBytes();
        for (int i = 0; i < ROUNDS; i++) {
            round(i);
        }
        System.gc();
        System.out.println(Pointer.physicalBytes() - before);
    }
}
