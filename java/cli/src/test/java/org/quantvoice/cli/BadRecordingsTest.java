package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.Resampler;
import org.quantvoice.eval.EditCounts;

/** Recordings that are damaged, odd or endless, from file to words: an error with the place, or the words that are there. */
class BadRecordingsTest {
    private static final Path MEDIA = Qv.ROOT.resolve("java/ffmpeg/src/test/resources/org/quantvoice/ffmpeg");
    private static final int HOUR = 3600;

    @TempDir
    Path dir;

    private static byte[] media(String name) throws IOException {
        return Files.readAllBytes(MEDIA.resolve(name));
    }

    private Path file(String name, byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return Files.write(dir.resolve(name), all.toByteArray());
    }

    private static double seconds(Path file, Object... more) {
        Object[] args = Arrays.copyOf(new Object[] {"transcribe", file, "--json"}, 3 + more.length);
        System.arraycopy(more, 0, args, 3, more.length);
        Qv.Result heard = Qv.run(args);
        assertThat(heard.code()).as(heard.toString()).isZero();
        return heard.json().get("audioSeconds").asDouble();
    }

    private static void refused(Path file, String got, Object... more) {
        Object[] args = Arrays.copyOf(new Object[] {"transcribe", file}, 2 + more.length);
        System.arraycopy(more, 0, args, 2, more.length);
        Qv.Result result = Qv.run(args);
        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.out()).as(result.toString()).isEmpty();
        assertThat(result.err()).contains("error: ", "got ", "; expected ", got).doesNotContain("\tat ");
    }

    private static Qv.Result piped(InputStream in, Object... args) {
        InputStream before = System.in;
        System.setIn(in);
        try {
            return Qv.run(args);
        } finally {
            System.setIn(before);
        }
    }

    private static List<String> words(Qv.Result heard) {
        assertThat(heard.code()).as(heard.toString()).isZero();
        return List.of(heard.out().trim().split("\\s+"));
    }

    private static void assertNear(List<String> expected, List<String> heard, int errors) {
        EditCounts counts = EditCounts.align(
                expected.stream().mapToInt(String::hashCode).toArray(),
                heard.stream().mapToInt(String::hashCode).toArray());
        assertThat(counts.errors()).as("%s, not %s", heard, expected).isLessThanOrEqualTo(errors);
    }

    /** Cut somewhere in a frame of the codec. */
    @ParameterizedTest
    @ValueSource(strings = {"cbr.mp3", "sound.m4a", "aac.mkv", "wma.wma", "sound.aiff", "sound.aiff.flac"})
    void whatStandsBeforeACutIsHeard(String name) throws IOException {
        byte[] whole = media(name);
        Path cut = file(name, Arrays.copyOf(whole, whole.length / 2 + 13));
        assertThat(seconds(cut)).isBetween(0.1, seconds(MEDIA.resolve(name)));
        refused(cut, name, "--strict");
    }

    @Test
    void mp3FilesWithWrongHeadersPicturesAndVariableBitRates() throws IOException {
        byte[] noise = new byte[400];
        new Random(5).nextBytes(noise);
        double plain = seconds(MEDIA.resolve("cbr.mp3"));
        assertThat(seconds(file("noise.mp3", noise, media("cbr.mp3")))).isCloseTo(plain, within(0.15));
        int size = 10 << 20;
        byte[] tag = {'I', 'D', '3', 3, 0, 0, 5, 0, 0, 0}; // a size of 7 bits a byte: 5 << 21
        double variable = seconds(MEDIA.resolve("vbr.mp3"));
        assertThat(seconds(file("picture.mp3", tag, new byte[size], media("vbr.mp3")), "--strict"))
                .isEqualTo(variable);
        assertThat(variable).isCloseTo(seconds(MEDIA.resolve("vbr.mp3.flac")), within(1e-9));
    }

    @Test
    void aVideoWithoutSoundIsRefused() {
        refused(MEDIA.resolve("mute.mp4"), "a video or a picture without sound");
    }

    @ParameterizedTest
    @CsvSource({"vorbis.ogg, vorbis.ogg", "vorbis.ogg, vorbis8.ogg", "plain.aac, low.aac"})
    void joinedFilesAndRatesThatChange(String first, String second) throws IOException {
        Path joined = file("joined", media(first), media(second));
        assertThat(seconds(joined))
                .isCloseTo(seconds(MEDIA.resolve(first)) + seconds(MEDIA.resolve(second)), within(0.1));
    }

    @Test
    void channelsFromNoneToEight() throws IOException {
        byte[] none = RecordingFiles.wav(new float[16_000]);
        none[22] = 0;
        refused(file("none.wav", none), "0 channels");
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 1, 0.2);
        float[][] channels = new float[8][joined.samples().length];
        channels[4] = joined.samples();
        Path eight = file("eight.wav", RecordingFiles.wav(channels));
        assertNear(joined.words(), words(Qv.run("transcribe", eight, "--channels", 5)), 1);
        assertThat(Qv.run("transcribe", eight, "--channels", "split").out())
                .startsWith("5: ")
                .doesNotContain("1: ", "8: ");
        refused(eight, "8 channels", "--channels", 9);
        assertThat(seconds(MEDIA.resolve("opus8.opus"), "--channels", 8)).isCloseTo(0.6, within(0.1));
    }

    private static byte[] atRate(float[] samples, int rate) {
        byte[] wav = RecordingFiles.wav(Resampler.resample(new Audio(samples, RecordingFiles.RATE), rate)
                .samples());
        ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).putInt(24, rate).putInt(28, 2 * rate);
        return wav;
    }

    @Test
    void ratesFrom100To384000Hertz() throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 2, 0.2);
        Path fast = file("fast.wav", atRate(joined.samples(), 384_000));
        assertNear(joined.words(), words(Qv.run("transcribe", fast)), 1);
        assertThat(seconds(file("slow.wav", atRate(joined.samples(), 200)))).isCloseTo(joined.seconds(), within(0.02));
        byte[] slower = RecordingFiles.wav(new float[1_000]);
        ByteBuffer.wrap(slower).order(ByteOrder.LITTLE_ENDIAN).putInt(24, 100).putInt(28, 200);
        refused(file("slower.wav", slower), "resampling from 100 to 16000 Hz");
        byte[] absurd = RecordingFiles.wav(joined.samples());
        ByteBuffer.wrap(absurd).order(ByteOrder.LITTLE_ENDIAN).putInt(24, 0);
        refused(file("absurd.wav", absurd), "0 Hz");
    }

    /** Speech in front of a hole: a file that a recorder reserved. */
    @Test
    void aSparseFileOf5Gigabytes() throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 10, 0.5);
        byte[] wav = RecordingFiles.wav(joined.samples());
        ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).putInt(4, -1).putInt(40, -1);
        Path file = dir.resolve("large.wav");
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            out.write(ByteBuffer.wrap(wav));
            out.write(ByteBuffer.allocate(1), 5_000_000_000L);
        }
        Qv.Result heard = Qv.run("transcribe", file, "--to", "2:00");
        assertNear(joined.words(), words(heard), 3);
        assertThat(heard.err()).contains("(120.0 s of audio");
    }

    /** An hour from a pipe that never says how long it is. */
    private static InputStream hour(IntUnaryOperator sample) {
        byte[] second = new byte[2 * RecordingFiles.RATE];
        for (int i = 0; i < RecordingFiles.RATE; i++) {
            ByteBuffer.wrap(second).order(ByteOrder.LITTLE_ENDIAN).putShort(2 * i, (short) sample.applyAsInt(i));
        }
        InputStream body = new InputStream() {
            private long at;

            @Override
            public int read() {
                return at < (long) HOUR * second.length ? second[(int) (at++ % second.length)] & 0xff : -1;
            }

            @Override
            public int read(byte[] out, int from, int count) {
                int left = (int) Math.min(count, second.length - at % second.length);
                if (at >= (long) HOUR * second.length) {
                    return -1;
                }
                System.arraycopy(second, (int) (at % second.length), out, from, left);
                at += left;
                return left;
            }
        };
        return new SequenceInputStream(new ByteArrayInputStream(RecordingFiles.pipeHeader()), body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits", "u2-digits"})
    void anHourOfSilenceHasNoWords(String model) {
        Qv.Result silence = piped(hour(i -> 0), "transcribe", "-", "--model", model);
        assertThat(silence.code()).as(silence.toString()).isZero();
        assertThat(silence.out()).isBlank();
        assertThat(silence.err()).contains("(3600.0 s of audio");
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits", "u2-digits"})
    void anHourOfOneToneHasNoWords(String model) {
        InputStream tone = hour(i -> (int) (16_000 * Math.sin(2 * Math.PI * 440 * i / RecordingFiles.RATE)));
        Qv.Result heard = piped(tone, "transcribe", "-", "--model", model);
        assertThat(heard.code()).as(heard.toString()).isZero();
        assertThat(heard.out()).isBlank();
        assertThat(heard.err()).contains("(3600.0 s of audio");
    }

    @Test
    void clippedSpeechIsHeard() throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 12, 0.1);
        float[] samples = joined.samples().clone();
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Math.max(-1, Math.min(1, 8 * samples[i]));
        }
        assertNear(joined.words(), words(Qv.run("transcribe", file("loud.wav", RecordingFiles.wav(samples)))), 8);
    }

    /** Standard output, and what a run leaves to be taken up, on a disk without space. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatFills() throws IOException {
        Path recording = file(
                "a.wav", RecordingFiles.wav(RecordingFiles.Joined.of(0, 12, 1).samples()));
        StringWriter err = new StringWriter();
        try (PrintWriter full = new PrintWriter(new FileOutputStream("/dev/full"))) {
            int code = Main.run(full, new PrintWriter(err), "transcribe", recording.toString());
            assertThat(code).as(err.toString()).isEqualTo(1);
        }
        assertThat(err.toString()).contains("error: ", "an output that cannot be written");
        Path out = Files.createDirectory(dir.resolve("out"));
        Files.createSymbolicLink(out.resolve("a.wav.part.jsonl"), Path.of("/dev/full"));
        refused(recording, "a.wav.part.jsonl, which cannot be written", "-o", out);
    }
}
