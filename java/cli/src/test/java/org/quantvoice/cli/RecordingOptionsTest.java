package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options of {@code qv transcribe} that say how recordings are read, what is speech, and how subtitles look. */
class RecordingOptionsTest {
    private static final Path VIDEO =
            Qv.ROOT.resolve("java/ffmpeg/src/test/resources/org/quantvoice/ffmpeg/tracks.mp4");
    private static final Path VOICE = Qv.ROOT.resolve("java/core/src/test/resources/onnx/voice.onnx");
    private static final Path VOICE_SCRIPT = Qv.ROOT.resolve("java/torch/src/test/resources/models/voice.pt");
    private static final Pattern TIMES =
            Pattern.compile("(\\d\\d):(\\d\\d):(\\d\\d[.,]\\d{3}) --> (\\d\\d):(\\d\\d):(\\d\\d[.,]\\d{3})");

    @TempDir
    Path dir;

    private Path file(String name, float[] samples) throws IOException {
        return Files.write(dir.resolve(name), RecordingFiles.wav(samples));
    }

    /** Both a recording that is heard as a whole and one that is heard by windows. */
    @ParameterizedTest
    @ValueSource(ints = {2, 14})
    void aRecordingThatBreaksOffIsHeardUpToThereOrRefused(int pieces) throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, pieces, 0.9);
        byte[] wav = RecordingFiles.wav(joined.samples());
        Path cut = Files.write(dir.resolve("cut.wav"), Arrays.copyOf(wav, wav.length - 30_000));
        Qv.Result heard = Qv.run("transcribe", cut, "-o", dir.resolve("a"));
        assertThat(heard.code()).as(heard.toString()).isZero();
        assertThat(dir.resolve("a/cut.wav.txt")).content().isNotBlank();
        Qv.Result refused = Qv.run("transcribe", cut, "--strict", "-o", dir.resolve("b"));
        assertThat(refused.code()).as(refused.toString()).isEqualTo(1);
        assertThat(refused.err()).contains("error: ", "cut.wav", "s into the recording", "; expected ");
        assertThat(dir.resolve("b/cut.wav.txt")).doesNotExist();
        String type = Qv.run("transcribe", cut, "--strict", "--json")
                .json()
                .at("/files/0/error/type")
                .asText();
        assertThat(type).isEqualTo("TruncatedAudioException");
        Qv.Result whole = Qv.run("transcribe", file("whole.wav", joined.samples()), "--strict");
        assertThat(whole.code()).as(whole.toString()).isZero();
        assertThat(whole.out()).isNotBlank();
    }

    @Test
    void aPipeThatBreaksOffIsRefusedToo() {
        byte[] wav = RecordingFiles.wav(RecordingFiles.Joined.of(0, 2, 0.5).samples());
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(wav, 0, wav.length - 1_000));
        try {
            Qv.Result refused = Qv.run("transcribe", "-", "--strict");
            assertThat(refused.code()).as(refused.toString()).isEqualTo(1);
            assertThat(refused.out()).isEmpty();
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aVideoHasSeveralTracks() {
        Qv.Result first = Qv.run("transcribe", VIDEO);
        assertThat(first.code()).as(first.toString()).isZero();
        assertThat(Qv.run("transcribe", VIDEO, "--track", 1).out()).isEqualTo(first.out());
        assertThat(Qv.run("transcribe", VIDEO, "--track", 2).out()).isNotBlank().isNotEqualTo(first.out());
        Qv.Result third = Qv.run("transcribe", VIDEO, "--track", 3);
        assertThat(third.code()).as(third.toString()).isEqualTo(1);
        assertThat(third.err()).contains("2 audio tracks").contains("number 3");
        Qv.Result wav = Qv.run("transcribe", Qv.DIGITS.resolve("test/test-george-02.flac"), "--track", 2);
        assertThat(wav.code()).as(wav.toString()).isEqualTo(1);
        assertThat(wav.err()).contains("track 2 of a file with one track");
        assertThat(Qv.run("transcribe", VIDEO, "--track", 0).code()).isEqualTo(2);
    }

    /** It hears what is loud, so that a faint recording holds no speech for it; the energy's rise does not mind the level. */
    @Test
    void aModelOfTheUsersFindsSpeech() throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 10, 2.5);
        Path loud = file("loud.wav", joined.samples());
        float[] faint = joined.samples().clone();
        for (int i = 0; i < faint.length; i++) {
            faint[i] *= 0.004f;
        }
        Path quiet = file("quiet.wav", faint);
        Qv.Result byEnergy = Qv.run("transcribe", loud);
        for (Path model : List.of(VOICE, VOICE_SCRIPT)) {
            Qv.Result byModel = Qv.run("transcribe", loud, "--vad", model);
            assertThat(byModel.code()).as(byModel.toString()).isZero();
            assertThat(byModel.out()).isEqualTo(byEnergy.out());
            assertThat(Qv.run("transcribe", quiet, "--vad", model).out()).isBlank();
        }
        assertThat(Qv.run("transcribe", quiet).out()).isNotBlank();
    }

    @Test
    void whatIsNoModelOfVoiceActivityIsRefused() {
        Path recording = Qv.DIGITS.resolve("test/test-george-02.flac");
        Path recogniser = Qv.ROOT.resolve("java/core/src/test/resources/onnx/recurrent-script.onnx");
        for (Path wrong : List.of(dir.resolve("none.onnx"), recording, recogniser)) {
            Qv.Result refused = Qv.run("transcribe", recording, "--vad", wrong);
            assertThat(refused.code()).as(refused.toString()).isEqualTo(1);
            assertThat(refused.err())
                    .contains("error: got ", wrong.getFileName().toString(), "; expected ");
            assertThat(refused.out()).isEmpty();
        }
        Qv.Result served = Qv.run("serve", "--port", 0, "--model", "digits", "--vad", recogniser);
        assertThat(served.code()).as(served.toString()).isEqualTo(1);
        assertThat(served.err()).contains("recurrent-script.onnx");
    }

    private record Cue(double start, double end, List<String> lines) {}

    private static List<Cue> cues(String subtitles) {
        List<Cue> cues = new ArrayList<>();
        for (String block : subtitles.split("\n\n")) {
            Matcher times = TIMES.matcher(block);
            if (times.find()) {
                List<String> lines = block.substring(times.end()).trim().lines().toList();
                cues.add(new Cue(
                        seconds(times.group(1), times.group(2), times.group(3)),
                        seconds(times.group(4), times.group(5), times.group(6)),
                        lines));
            }
        }
        return cues;
    }

    private static double seconds(String hours, String minutes, String seconds) {
        return 3600 * Integer.parseInt(hours)
                + 60 * Integer.parseInt(minutes)
                + Double.parseDouble(seconds.replace(',', '.'));
    }

    @Test
    void subtitlesAreAsTheUserWantsThem() throws IOException {
        Path recording = file("a.wav", RecordingFiles.Joined.of(0, 8, 0.2).samples());
        List<Cue> usual =
                cues(Qv.run("transcribe", recording, "--format", "srt").out());
        Qv.Result narrow = Qv.run(
                "transcribe",
                recording,
                "--format",
                "srt",
                "--cue-lines",
                1,
                "--cue-columns",
                12,
                "--cue-min",
                0.5,
                "--cue-max",
                2,
                "--cue-speed",
                15,
                "--cue-gap",
                0.12);
        assertThat(narrow.code()).as(narrow.toString()).isZero();
        List<Cue> cues = cues(narrow.out());
        assertThat(cues).hasSizeGreaterThan(usual.size());
        for (int i = 0; i < cues.size(); i++) {
            assertThat(cues.get(i).lines()).as(narrow.out()).hasSize(1).allMatch(l -> l.length() <= 12);
            assertThat(cues.get(i).end() - cues.get(i).start()).as(narrow.out()).isLessThanOrEqualTo(2.001);
            if (i > 0) {
                assertThat(cues.get(i).start() - cues.get(i - 1).end())
                        .as(narrow.out())
                        .isGreaterThanOrEqualTo(0.119);
            }
        }
        assertThat(usual.stream().flatMap(c -> c.lines().stream()).toList())
                .as("the rules allow more by default")
                .anyMatch(l -> l.length() > 12);
    }

    @Test
    void webVttTellsTheTimesOfWords() throws IOException {
        Path recording = file("b.wav", RecordingFiles.Joined.of(0, 4, 0.2).samples());
        String plain = Qv.run("transcribe", recording, "--format", "vtt").out();
        String timed = Qv.run("transcribe", recording, "--format", "vtt", "--word-times")
                .out();
        assertThat(timed.replaceAll("<[0-9:.]+>", "")).isEqualTo(plain);
        List<Double> words = new ArrayList<>();
        Qv.run("transcribe", recording, "--json")
                .json()
                .at("/files/0/words")
                .forEach(w -> words.add(w.get("start").asDouble()));
        List<Double> told = Pattern.compile("<(\\d\\d):(\\d\\d):(\\d\\d\\.\\d{3})>")
                .matcher(timed)
                .results()
                .map(m -> seconds(m.group(1), m.group(2), m.group(3)))
                .toList();
        assertThat(told).hasSizeGreaterThan(words.size() / 2).allSatisfy(t -> assertThat(words)
                .anySatisfy(w -> assertThat(w).isCloseTo(t, within(0.0011))));
    }

    @Test
    void optionsWithoutEffectAreRefused() {
        for (List<String> wrong : List.of(
                List.of("--cue-lines", "1"),
                List.of("--format", "srt", "--word-times"),
                List.of("--format", "vtt", "--cue-lines", "0"),
                List.of("--live", "--vad", "a.onnx"))) {
            List<String> words = new ArrayList<>(List.of("transcribe", "a.wav"));
            words.addAll(wrong);
            assertThat(Qv.run(words.toArray()).code()).as(wrong.toString()).isEqualTo(2);
        }
        assertThat(Qv.run("transcribe", "--live", "--track", "2").code()).isEqualTo(2);
        Qv.Result disordered = Qv.run("transcribe", "a.wav", "--format", "srt", "--cue-min", "3", "--cue-max", "2");
        assertThat(disordered.code()).isEqualTo(1);
        assertThat(disordered.err()).contains("cues of 3.0 to 2.0 s");
    }
}
