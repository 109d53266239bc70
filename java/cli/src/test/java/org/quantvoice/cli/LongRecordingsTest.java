package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.eval.EditCounts;

/** {@code qv transcribe} on recordings that are longer than a window, from files and pipes. */
class LongRecordingsTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path dir;

    private Path file(String name, float[]... channels) throws IOException {
        return Files.write(dir.resolve(name), RecordingFiles.wav(channels));
    }

    private static void assertNear(List<String> expected, String text, int errors) {
        EditCounts counts = EditCounts.align(
                numbers(expected.stream()), numbers(Arrays.stream(text.trim().split("\\s+"))));
        assertThat(counts.errors()).as("%s in %s", counts, text).isLessThanOrEqualTo(errors);
    }

    private static int[] numbers(Stream<String> words) {
        return words.mapToInt(String::hashCode).toArray();
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

    @Test
    void everyFormatTellsTheSameSegments() throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 18, 0.3);
        Path file = file("a.wav", joined.samples());
        Qv.Result text = Qv.run("transcribe", file);
        assertThat(text.code()).as(text.toString()).isZero();
        assertNear(joined.words(), text.out(), 3);
        assertThat(text.out().lines().count()).isGreaterThan(3);
        List<JsonNode> lines = new ArrayList<>();
        for (String line :
                Qv.run("transcribe", file, "--format", "jsonl").out().lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        JsonNode document =
                Qv.run("transcribe", file, "--json").json().get("files").get(0);
        assertThat(document.get("segments")).hasSameSizeAs(lines).hasSize((int)
                text.out().lines().count());
        for (int i = 0; i < lines.size(); i++) {
            JsonNode segment = document.get("segments").get(i);
            assertThat(lines.get(i).get("text")).isEqualTo(segment.get("text"));
            assertThat(lines.get(i).get("start")).isEqualTo(segment.get("start"));
            assertThat(lines.get(i).get("words").size())
                    .isEqualTo(segment.get("text").asText().split(" ").length);
        }
        assertThat(String.join(" ", text.out().lines().toList()))
                .isEqualTo(document.get("text").asText());
        assertThat(document.get("audioSeconds").asDouble()).isCloseTo(joined.seconds(), within(0.001));
    }

    @Test
    void aPipeIsReadToItsEndWithoutKnowingIt() throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(20, 12, 0.3);
        byte[] wav = RecordingFiles.wav(joined.samples());
        InputStream endless = new SequenceInputStream(
                new ByteArrayInputStream(RecordingFiles.pipeHeader()),
                new ByteArrayInputStream(wav, 44, wav.length - 44));
        Qv.Result piped = piped(endless, "transcribe", "-");
        assertThat(piped.code()).as(piped.toString()).isZero();
        assertThat(piped.out())
                .isEqualTo(Qv.run("transcribe", file("b.wav", joined.samples())).out());
    }

    @Test
    void aPipeThatDiesLeavesItsWordsAndAnError() {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(40, 16, 0.3);
        byte[] wav = RecordingFiles.wav(joined.samples());
        InputStream dying =
                new SequenceInputStream(new ByteArrayInputStream(wav, 0, wav.length - 2), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the other end is gone");
                    }
                });
        Qv.Result died = piped(dying, "transcribe", "-", "-o", dir, "--format", "srt");
        assertThat(died.code()).as(died.toString()).isEqualTo(1);
        assertThat(died.err()).contains("error: -: got standard input").contains("s into the recording");
        assertThat(dir.resolve("stdin.srt")).exists().content().startsWith("1\n00:00:0");
    }

    @Test
    void silenceFromAPipeHasNoWordsAndCostsNoRunOfTheModel() {
        InputStream silence =
                new SequenceInputStream(new ByteArrayInputStream(RecordingFiles.pipeHeader()), new InputStream() {
                    private long left = 2L * RecordingFiles.RATE * 600;

                    @Override
                    public int read() {
                        return left-- > 0 ? 0 : -1;
                    }

                    @Override
                    public int read(byte[] b, int off, int len) {
                        int count = (int) Math.min(len, left);
                        Arrays.fill(b, off, off + count, (byte) 0);
                        left -= count;
                        return count == 0 ? -1 : count;
                    }
                });
        Qv.Result result = piped(silence, "transcribe", "-");
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out().trim()).isEmpty();
        assertThat(result.err()).contains("(600.0 s of audio");
    }

    @Test
    void theSidesOfACallAreMarkedInEveryFormat() throws IOException {
        RecordingFiles.Joined left = RecordingFiles.Joined.of(0, 11, 2);
        RecordingFiles.Joined right = RecordingFiles.Joined.of(60, 11, 2);
        int length = Math.max(left.samples().length, right.samples().length);
        Path call = file("call.wav", Arrays.copyOf(left.samples(), length), Arrays.copyOf(right.samples(), length));
        Qv.Result text = Qv.run("transcribe", call, "--channels", "split");
        assertThat(text.code()).as(text.toString()).isZero();
        assertThat(text.out().lines()).allMatch(l -> l.startsWith("1: ") || l.startsWith("2: "));
        assertNear(left.words(), side(text, "1: "), 2);
        assertNear(right.words(), side(text, "2: "), 2);
        assertThat(side(text, "2: "))
                .isEqualTo(String.join(
                        " ",
                        Qv.run("transcribe", call, "--channels", 2)
                                .out()
                                .lines()
                                .toList()));
        assertThat(Qv.run("transcribe", call, "--channels", "split", "--format", "srt")
                        .out())
                .contains("\n1: ")
                .contains("\n2: ");
        List<Double> starts = new ArrayList<>();
        for (String line : Qv.run("transcribe", call, "--channels", "split", "--format", "jsonl")
                .out()
                .lines()
                .toList()) {
            JsonNode segment = JSON.readTree(line);
            starts.add(segment.get("start").asDouble());
            assertThat(segment.get("channel").asText()).isIn("1", "2");
            assertThat(segment.get("words").get(0).get("channel")).isEqualTo(segment.get("channel"));
        }
        assertThat(starts).isSorted().hasSameSizeAs(text.out().lines().toList());
        Qv.Result third = Qv.run("transcribe", call, "--channels", 3);
        assertThat(third.code()).isEqualTo(1);
        assertThat(third.err()).contains("2 channels");
    }

    private static String side(Qv.Result text, String mark) {
        return text.out()
                .lines()
                .filter(l -> l.startsWith(mark))
                .map(l -> l.substring(3))
                .collect(Collectors.joining(" "));
    }

    @Test
    void aPartHasTheTimesOfTheWhole() throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 4, 1);
        int begin = RecordingFiles.Joined.of(0, 2, 1).samples().length;
        int end = RecordingFiles.Joined.of(0, 3, 1).samples().length;
        JsonNode part = Qv.run(
                        "transcribe",
                        file("c.wav", joined.samples()),
                        "--json",
                        "--from",
                        String.format(java.util.Locale.ROOT, "0:%06.3f", (begin - 8_000) / 16_000.0),
                        "--to",
                        (end - 8_000) / 16_000.0)
                .json()
                .get("files")
                .get(0);
        assertThat(part.get("text").asText()).isEqualTo("nine six three");
        assertThat(part.get("words").get(0).get("start").asDouble()).isBetween(begin / 16_000.0, end / 16_000.0 - 1);
        for (String wrong : List.of("1:2:3:4", "-1", "x")) {
            assertThat(Qv.run("transcribe", dir.resolve("c.wav"), "--from", wrong)
                            .code())
                    .isEqualTo(2);
        }
    }

    @Test
    void aStreamingModelHearsALongRecording() throws IOException {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 12, 0.3);
        Qv.Result result = Qv.run("transcribe", file("d.wav", joined.samples()), "--model", "u2-digits");
        assertThat(result.code()).as(result.toString()).isZero();
        assertNear(joined.words(), String.join(" ", result.out().lines().toList()), 3);
    }

    @Test
    void aRunThatIsStoppedIsTakenUpAgain() throws Exception {
        RecordingFiles.Joined joined = RecordingFiles.Joined.of(0, 40, 0.9);
        float[] samples = new float[8 * joined.samples().length];
        for (int i = 0; i < 8; i++) {
            System.arraycopy(joined.samples(), 0, samples, i * joined.samples().length, joined.samples().length);
        }
        Path file = file("long.wav", samples);
        Path out = dir.resolve("out");
        Path journal = out.resolve("long.wav.part.jsonl");
        try (QvProcess process = new QvProcess(dir, "transcribe", file, "-o", out, "--threads", 1)) {
            process.terminateWhen(() -> Files.exists(journal) && Files.size(journal) > 20_000);
            assertThat(process.errors()).contains("got a signal to stop at 0:0").contains("of the recording");
        }
        assertThat(journal).exists();
        assertThat(Files.readString(out.resolve("long.wav.txt"))).startsWith("five one five");
        Qv.Result resumed = Qv.run("transcribe", file, "-o", out, "--resume");
        assertThat(resumed.code()).as(resumed.toString()).isZero();
        assertThat(journal).doesNotExist();
        List<String> words = Collections.nCopies(8, joined.words()).stream()
                .flatMap(List::stream)
                .toList();
        assertNear(words, Files.readString(out.resolve("long.wav.txt")), words.size() / 25);
        assertThat(Qv.run("transcribe", file, "-o", out, "--resume").err()).contains("done before");
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        assertThat(Qv.run("transcribe", "a.wav", "--resume").code()).isEqualTo(2);
        assertThat(Qv.run("transcribe", "a.wav", "--json", "--format", "jsonl").code())
                .isEqualTo(2);
        assertThat(Qv.run("transcribe", "a.wav", "--live", "--from", "3").code())
                .isEqualTo(2);
        assertThat(Qv.run("transcribe", "a.wav", "--channels", "left").code()).isEqualTo(2);
        assertThat(Qv.run("transcribe", "a.wav", "--window", "1").code()).isEqualTo(1);
    }
}
