package org.quantvoice.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.error.AudioFormatException;

/** Every format against what FFmpeg's own program decodes, from a file and from a pipe. */
class FfmpegDecoderTest {

    @TempDir
    Path folder;

    private Path file(String name) throws IOException {
        return Files.write(folder.resolve("name-that-says-nothing"), Recordings.bytes(name));
    }

    @ParameterizedTest
    @CsvSource({
        "cbr.mp3, 16000, 1",
        "vbr.mp3, 16000, 1",
        "stereo44.mp3, 44100, 2",
        "plain.aac, 44100, 1",
        "low.aac, 22050, 1",
        "sound.m4a, 16000, 1",
        "vorbis.ogg, 16000, 1",
        "vorbis8.ogg, 8000, 1",
        "opus.opus, 48000, 1",
        "opus8.opus, 48000, 8",
        "opus.webm, 48000, 1",
        "aac.mkv, 16000, 1",
        "wma.wma, 16000, 1",
        "narrow.amr, 8000, 1",
        "wide.amr, 16000, 1",
        "gsm.wav, 8000, 1",
        "mulaw.au, 8000, 1",
        "sound.aiff, 16000, 1",
        "flac.oga, 16000, 1"
    })
    void givesTheSamplesOfFfmpeg(String name, int rate, int channels) throws IOException {
        float[] expected = Recordings.reference(name);
        try (AudioStream stream = AudioFiles.open(file(name), Recordings.STRICT)) {
            assertThat(stream.sampleRate()).isEqualTo(rate);
            assertThat(stream.channels()).isEqualTo(channels);
            Recordings.assertClose(Recordings.drain(stream), expected, Recordings.ROUNDING, name + " as a file");
        }
        float[] piped = Recordings.read(Recordings.bytes(name), Recordings.STRICT);
        Recordings.assertClose(piped, expected, Recordings.ROUNDING, name + " as a pipe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alac.m4a", "flac.oga", "sound.aiff", "mulaw.au"})
    void isExactWhereNothingIsLost(String name) throws IOException {
        try (AudioStream stream = AudioFiles.open(file(name), Recordings.STRICT)) {
            assertThat(stream.frames()).hasValue(Recordings.reference(name).length);
            Recordings.assertClose(Recordings.drain(stream), Recordings.reference(name), 0, name);
        }
    }

    @Test
    void readsTheTrackThatIsAskedFor() throws IOException {
        Path video = file("tracks.mp4");
        float[] first = Recordings.reference("tracks.mp4");
        try (AudioStream stream = AudioFiles.open(video)) {
            Recordings.assertClose(Recordings.drain(stream), first, Recordings.ROUNDING, "track 1");
        }
        try (AudioStream stream = AudioFiles.open(video, AudioOptions.DEFAULT.withTrack(2))) {
            float[] second = Recordings.drain(stream);
            int crossings = 0; // of a tone of 440 Hz, in the half second behind the encoder's delay
            for (int i = 1_600; i < 9_600; i++) {
                crossings += second[i - 1] < 0 && second[i] >= 0 ? 1 : 0;
            }
            assertThat(crossings).isBetween(219, 221);
        }
        assertThatThrownBy(() -> AudioFiles.open(video, AudioOptions.DEFAULT.withTrack(3)))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("got " + video + ": 2 audio tracks; expected an audio track of number 3");
    }

    /** An MP4 whose index is at its end cannot be read from a pipe; the message says what to do. */
    @Test
    void saysThatAPipeHasNoIndex() {
        assertThatThrownBy(() -> Recordings.read(Recordings.bytes("alac.m4a"), AudioOptions.DEFAULT))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("pass the file itself");
    }

    /** JavaCPP has few places for callbacks; streams must not need one each. */
    @Test
    void readsManyStreamsAtOnce() {
        List<AudioStream> open = new ArrayList<>();
        float[] block = new float[100];
        for (int i = 0; i < 40; i++) {
            open.add(Recordings.open(Recordings.bytes(i % 2 == 0 ? "vbr.mp3" : "vorbis.ogg"), AudioOptions.DEFAULT));
        }
        float[] mp3 = Recordings.reference("vbr.mp3");
        for (int i = 0; i < open.size(); i += 2) {
            int count = open.get(i).read(block);
            for (int k = 0; k < count; k++) {
                assertThat(Math.abs(block[k] - mp3[k])).isLessThan(Recordings.ROUNDING);
            }
        }
        open.forEach(AudioStream::close);
        AudioStream closed = open.get(0);
        closed.close();
        assertThatThrownBy(() -> closed.read(block)).isInstanceOf(IllegalStateException.class);
    }
}
