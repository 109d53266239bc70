package org.quantvoice.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.audio.Resampler;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.TruncatedAudioException;

/** Recordings that are cut, damaged, joined or mislabelled: a typed error with the place, or what is right and a warning. */
class TroubledRecordingsTest {

    @TempDir
    Path folder;

    /** Cut in the middle: what stands before is the same as in the whole file; strict reading refuses it. */
    @ParameterizedTest
    @ValueSource(strings = {"cbr.mp3", "sound.m4a", "aac.mkv", "wma.wma"})
    void readsACutFileUpToThere(String name) throws IOException {
        byte[] whole = Recordings.bytes(name);
        float[] expected = Recordings.reference(name);
        Path file = Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length / 2 + 13));
        try (AudioStream stream = AudioFiles.open(file)) {
            float[] cut = Recordings.drain(stream);
            assertThat(cut.length).isBetween(expected.length / 3, expected.length * 2 / 3);
            int sure = cut.length - 2_500; // the last packets overlap with what is missing
            Recordings.assertClose(Arrays.copyOf(cut, sure), Arrays.copyOf(expected, sure), Recordings.ROUNDING, name);
        }
        assertThatThrownBy(() -> AudioFiles.read(file, Recordings.STRICT))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("s into the recording");
    }

    /** What has no delay has no excuse: a few hundredths of a second that the header claims are missed. */
    @ParameterizedTest
    @ValueSource(strings = {"sound.aiff", "mulaw.au"})
    void missesTheEndOfWhatLosesNothing(String name) throws IOException {
        byte[] whole = Recordings.bytes(name);
        Path file = Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length - 1_600));
        assertThat(AudioFiles.read(file).samples().length).isLessThan(Recordings.reference(name).length);
        assertThatThrownBy(() -> AudioFiles.read(file, Recordings.STRICT))
                .isInstanceOf(TruncatedAudioException.class)
                .hasMessageContaining("s into the recording");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cbr.mp3",
                "plain.aac",
                "sound.m4a",
                "alac.m4a",
                "vorbis.ogg",
                "opus.opus",
                "opus.webm",
                "aac.mkv",
                "wma.wma",
                "narrow.amr",
                "gsm.wav",
                "sound.aiff",
                "tracks.mp4",
                "mute.mp4"
            })
    void survivesCutsAndFlips(String name) throws IOException {
        byte[] whole = Recordings.bytes(name);
        Random random = new Random(name.hashCode());
        int read = 0;
        for (int round = 0; round < 40; round++) {
            byte[] bad = round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int flips = random.nextInt(12); flips > 0 && bad.length > 0; flips--) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            read += readOrRefuse(bad, name + ", round " + round) ? 1 : 0;
        }
        assertThat(read).as("files that could be read").isGreaterThanOrEqualTo(name.equals("mute.mp4") ? 0 : 1);
    }

    private boolean readOrRefuse(byte[] bytes, String what) throws IOException {
        Path file = Files.write(folder.resolve("bad"), bytes);
        try (AudioStream stream = AudioFiles.open(file)) {
            return Recordings.drain(stream).length > 0;
        } catch (AudioFormatException e) {
            assertThat(e).as(what).hasMessageContaining(file.toString());
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError(what, e);
        }
    }

    /** A damaged packet takes its own time and moves nothing behind it. */
    @Test
    void keepsTimeOverDamagedPackets() throws IOException {
        byte[] mkv = Recordings.bytes("aac.mkv");
        Arrays.fill(mkv, 1_800, 1_980, (byte) -1);
        float[] expected = Recordings.reference("aac.mkv");
        Path file = Files.write(folder.resolve("bad.mkv"), mkv);
        float[] read = AudioFiles.read(file).samples();
        assertThat((double) read.length).isCloseTo(expected.length, within(1_024.0));
        int end = expected.length - 6_000;
        Recordings.assertClose(
                Arrays.copyOfRange(read, end, end + 3_000),
                Arrays.copyOfRange(expected, end, end + 3_000),
                1e-3f,
                "behind the damage");
        assertThatThrownBy(() -> AudioFiles.read(file, Recordings.STRICT))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("at byte");
    }

    @Test
    void readsJoinedOggFiles() {
        byte[] ogg = Recordings.bytes("vorbis.ogg");
        float[] once = Recordings.reference("vorbis.ogg");
        float[] twice = Recordings.read(Recordings.join(ogg, ogg), Recordings.STRICT);
        assertThat((double) twice.length).isCloseTo(2.0 * once.length, within(1_024.0));
        int from = twice.length - 8_000;
        Recordings.assertClose(
                Arrays.copyOfRange(twice, from, twice.length),
                Arrays.copyOfRange(once, once.length - 8_000, once.length),
                Recordings.ROUNDING,
                "the second");
    }

    /** The first part's rate is kept: the second comes out as its resampling, where it should be in time. */
    @ParameterizedTest
    @CsvSource({"vorbis.ogg, vorbis8.ogg, 16000, 8000", "plain.aac, low.aac, 44100, 22050"})
    void convertsARateThatChangesMidway(String first, String second, int rate, int other) {
        float[] before = Recordings.reference(first);
        float[] after = Resampler.resample(new Audio(Recordings.reference(second), other), rate)
                .samples();
        byte[] joined = Recordings.join(Recordings.bytes(first), Recordings.bytes(second));
        float[] read = Recordings.read(joined, AudioOptions.DEFAULT);
        assertThat((double) read.length).isCloseTo(before.length + after.length, within(0.07 * rate));
        int tail = rate / 4;
        Recordings.assertClose(
                Arrays.copyOfRange(read, read.length - tail, read.length),
                Arrays.copyOfRange(after, after.length - tail, after.length),
                1e-2f, // the decoder makes noise of its own in some bands
                "the second part");
    }

    @Test
    void endsWhereACodecOrItsFormChanges() {
        float[] opus = Recordings.reference("opus.opus");
        for (String second : new String[] {"vorbis.ogg", "opus8.opus"}) {
            byte[] joined = Recordings.join(Recordings.bytes("opus.opus"), Recordings.bytes(second));
            Recordings.assertClose(
                    Recordings.read(joined, AudioOptions.DEFAULT), opus, Recordings.ROUNDING, "before " + second);
            assertThatThrownBy(() -> Recordings.read(joined, Recordings.STRICT))
                    .as(second)
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("test.audio")
                    .hasMessageContaining("0.600 s into the recording");
        }
    }

    @Test
    void findsMp3BehindNoise() {
        byte[] noise = new byte[400];
        new Random(5).nextBytes(noise);
        byte[] header = Recordings.bytes("vbr.mp3");
        Arrays.fill(header, 0, 60, (byte) 0); // the first frame's header and the table of a variable bit rate
        assertThat(Recordings.read(Recordings.join(noise, Recordings.bytes("cbr.mp3")), AudioOptions.DEFAULT).length)
                .isBetween(31_000, 35_000);
        assertThat(Recordings.read(header, AudioOptions.DEFAULT).length).isBetween(9_000, 12_000);
    }

    @Test
    void passesOverAPictureOf10Megabytes() throws IOException {
        int size = 10 << 20;
        byte[] header = {'I', 'D', '3', 3, 0, 0, 5, 0, 0, 0}; // 5 << 21
        assertThat(5 << 21).isEqualTo(size);
        byte[] picture = new byte[size];
        byte[] frame = "APIC\0\0\0\0\0\0\0image/png\0\3\0".getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer.wrap(frame).putInt(4, size - 10);
        System.arraycopy(frame, 0, picture, 0, frame.length);
        float[] expected = Recordings.reference("vbr.mp3");
        byte[] tagged = Recordings.join(header, picture, Recordings.bytes("vbr.mp3"));
        Recordings.assertClose(Recordings.read(tagged, Recordings.STRICT), expected, Recordings.ROUNDING, "as a pipe");
        Path file = Files.write(folder.resolve("tagged.mp3"), tagged);
        assertThat(AudioFiles.read(file).samples()).hasSameSizeAs(expected);
    }

    @Test
    void refusesWhatIsNoSound() throws IOException {
        byte[] text = "It is a truth universally acknowledged. ".repeat(200).getBytes(StandardCharsets.UTF_8);
        byte[] playlist = "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
                .getBytes(StandardCharsets.UTF_8);
        byte[] script = "ffconcat version 1.0\nfile /etc/passwd\n".getBytes(StandardCharsets.UTF_8);
        for (byte[] bytes : new byte[][] {text, playlist, script, new byte[5_000]}) {
            Path file = Files.write(folder.resolve("song.mp3"), bytes);
            assertThatThrownBy(() -> AudioFiles.read(file))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("song.mp3: no recording that FFmpeg recognises");
        }
        Path mute = Files.write(folder.resolve("mute.mp4"), Recordings.bytes("mute.mp4"));
        assertThatThrownBy(() -> AudioFiles.read(mute))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("a video or a picture without sound");
    }

    /** Fields of a header of big-endian numbers: rate at 16, channels at 20. */
    @ParameterizedTest
    @CsvSource({"16000, 0, false", "384000, 1, true", "100, 1, true", "0, 1, false", "-1, 1, false", "8000, 5000, false"
    })
    void minds(int rate, int channels, boolean readable) {
        byte[] au = Recordings.bytes("mulaw.au");
        ByteBuffer.wrap(au).putInt(16, rate).putInt(20, channels);
        if (readable) {
            try (AudioStream stream = Recordings.open(au, AudioOptions.DEFAULT)) {
                assertThat(stream.sampleRate()).isEqualTo(rate);
                assertThat(Recordings.drain(stream)).hasSize(4_800);
            }
        } else {
            assertThatThrownBy(() -> Recordings.read(au, AudioOptions.DEFAULT))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("test.audio");
        }
    }

    @Test
    void saysWhereAPipeDies() {
        byte[] half = Arrays.copyOf(Recordings.bytes("plain.aac"), 2_000);
        InputStream dying = new SequenceInputStream(
                new ByteArrayInputStream(half), new FilterInputStream(InputStream.nullInputStream()) {
                    @Override
                    public int read(byte[] out, int from, int count) throws IOException {
                        throw new IOException("Connection reset");
                    }
                });
        assertThatThrownBy(() -> AudioFiles.read(dying, "dying"))
                .isInstanceOf(AudioFormatException.class)
                .isNotInstanceOf(TruncatedAudioException.class)
                .hasMessageContaining("dying: java.io.IOException: Connection reset");
    }
}
