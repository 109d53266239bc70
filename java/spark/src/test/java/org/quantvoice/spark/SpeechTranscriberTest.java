package org.quantvoice.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;
import org.quantvoice.decode.Word;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.ModelFormatException;

/** Recordings as rows, against what a session says of each by itself. */
class SpeechTranscriberTest {
    private static SparkSession spark;
    private static QuantSession alone;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        spark = LocalSpark.start();
        alone = QuantSession.builder().build();
    }

    @AfterAll
    static void stop() {
        alone.close();
        spark.stop();
        assertThat(Sessions.count())
                .as("sessions that are open when Spark ended")
                .isZero();
    }

    /** The rows of each path, by number. */
    private static Map<String, List<Row>> byPath(Dataset<Row> rows) {
        Map<String, List<Row>> map = new TreeMap<>();
        for (Row row : rows.orderBy("path", "segment").collectAsList()) {
            map.computeIfAbsent(row.getAs("path"), p -> new ArrayList<>()).add(row);
        }
        return map;
    }

    private static void assertSame(List<Row> rows, Transcript expected, String file) {
        assertThat(rows).as(file).hasSize(Math.max(1, expected.segments().size()));
        for (int i = 0; i < expected.segments().size(); i++) {
            Row row = rows.get(i);
            Transcript.Segment segment = expected.segments().get(i);
            assertThat(row.<Integer>getAs("segment")).as(file).isEqualTo(i);
            assertThat(row.<String>getAs("text")).as(file).isEqualTo(segment.text());
            assertThat(row.<Double>getAs("start")).as(file).isEqualTo(segment.start());
            assertThat(row.<Double>getAs("end")).as(file).isEqualTo(segment.end());
            assertThat(row.<Double>getAs("confidence")).as(file).isCloseTo(segment.confidence(), within(1e-6));
            assertThat(row.<Double>getAs("audio_seconds")).as(file).isEqualTo(expected.audioSeconds());
            List<Row> words = row.getList(row.fieldIndex("words"));
            assertThat(words)
                    .extracting(w -> w.getString(0))
                    .containsExactlyElementsOf(
                            segment.words().stream().map(Word::text).toList());
            assertThat(words)
                    .extracting(w -> w.getDouble(1))
                    .containsExactlyElementsOf(
                            segment.words().stream().map(Word::start).toList());
        }
    }

    @Test
    void pathsAndContentGiveWhatASessionSays() throws IOException {
        List<Path> files = LocalSpark.recordings(8);
        Map<String, List<Row>> rows =
                byPath(SpeechTranscriber.transcribe(LocalSpark.paths(spark, files), SpeechOptions.defaults()));
        Dataset<Row> contents = spark.read()
                .format("binaryFile")
                .load(files.stream().map(Path::toString).toArray(String[]::new));
        Map<String, List<Row>> fromContent = byPath(SpeechTranscriber.transcribe(contents, SpeechOptions.defaults()));
        assertThat(rows).hasSize(8);
        assertThat(fromContent).hasSize(8);
        for (Path file : files) {
            Transcript expected = alone.transcribe(file);
            assertSame(rows.get(file.toString()), expected, file.toString());
            assertSame(fromContent.get("file:" + file), expected, file.toString());
        }
    }

    /** Recordings are joined until they are long; with parts of a minute several tasks hear each. */
    @Test
    void longRecordingsAreHeardInPartsThatLeaveNoTrace() throws IOException {
        Path mono = dir.resolve("long.wav");
        Path stereo = dir.resolve("call.wav");
        JoinedWav.write(mono, LocalSpark.recordings(36), 1, 0.4);
        JoinedWav.write(stereo, LocalSpark.recordings(24), 2, 1.1);
        SpeechOptions options = SpeechOptions.builder().partSeconds(60).build();
        Map<String, List<Row>> rows =
                byPath(SpeechTranscriber.transcribe(LocalSpark.paths(spark, List.of(mono, stereo)), options));
        assertSame(rows.get(mono.toString()), alone.transcribe(mono), "mono");
        assertSame(rows.get(stereo.toString()), alone.transcribe(stereo), "stereo");
        assertThat(rows.get(mono.toString()).get(0).<Double>getAs("audio_seconds"))
                .isGreaterThan(120);
    }

    @Test
    void channelsAreToldApartInParts() throws IOException {
        Path stereo = dir.resolve("call.wav");
        JoinedWav.write(stereo, LocalSpark.recordings(20), 2, 1.1);
        SpeechOptions options =
                SpeechOptions.builder().channels("split").partSeconds(60).build();
        List<Row> rows = byPath(SpeechTranscriber.transcribe(LocalSpark.paths(spark, List.of(stereo)), options))
                .get(stereo.toString());
        Transcript expected;
        try (var stream = org.quantvoice.audio.AudioFiles.open(stereo)) {
            expected = alone.transcribe(
                    stream,
                    org.quantvoice.RecordingOptions.builder()
                            .channels(org.quantvoice.Channels.split())
                            .build(),
                    new org.quantvoice.TranscriptListener() {});
        }
        assertSame(rows, expected, "split");
        assertThat(rows).extracting(r -> r.<String>getAs("channel")).containsOnly("1", "2");
    }

    @Test
    void badRecordingsAreRowsBesideGoodOnes() throws IOException {
        Map<Path, String> bad = BadRecordings.write(dir);
        List<Path> files = new ArrayList<>(bad.keySet());
        files.addAll(LocalSpark.recordings(2));
        Map<String, List<Row>> rows =
                byPath(SpeechTranscriber.transcribe(LocalSpark.paths(spark, files), SpeechOptions.defaults()));
        assertThat(rows).hasSize(bad.size() + 2);
        bad.forEach((file, message) -> {
            List<Row> own = rows.get(file.toString());
            assertThat(own).as(file.toString()).hasSize(1);
            Row error = own.get(0).getAs("error");
            assertThat(error).as(file.toString()).isNotNull();
            assertThat(error.getString(0)).isIn("AudioFormatException", "TruncatedAudioException");
            assertThat(error.getString(1)).as(file.toString()).contains(message);
            assertThat(own.get(0).<String>getAs("text")).isNull();
        });
        assertThat(rows.get(files.get(files.size() - 1).toString()).get(0).<Row>getAs("error"))
                .isNull();
    }

    @Test
    void silenceIsARowWithoutSegment() throws IOException {
        Path file = dir.resolve("a b %23 #1 größe 北.wav");
        JoinedWav.silence(file, 2);
        List<Row> rows = SpeechTranscriber.transcribe(LocalSpark.paths(spark, List.of(file)), SpeechOptions.defaults())
                .collectAsList();
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).<String>getAs("path")).isEqualTo(file.toString());
        assertThat(rows.get(0).<String>getAs("text")).isEmpty();
        assertThat(rows.get(0).isNullAt(rows.get(0).fieldIndex("segment"))).isTrue();
        assertThat(rows.get(0).<Double>getAs("audio_seconds")).isEqualTo(2);
        assertThat(rows.get(0).<Row>getAs("error")).isNull();
    }

    @Test
    void aPipelineIsSavedAndLoaded() throws IOException {
        SpeechTranscriber stage = new SpeechTranscriber()
                .setModel(LocalSpark.DIGITS.resolve("model/digits.qv").toString())
                .setGreedy(true)
                .setPartSeconds(90);
        Dataset<Row> input = LocalSpark.paths(spark, LocalSpark.recordings(2));
        PipelineModel model =
                new Pipeline().setStages(new PipelineStage[] {stage}).fit(input);
        String saved = dir.resolve("pipeline").toString();
        model.write().save(saved);
        PipelineModel loaded = PipelineModel.load(saved);
        SpeechTranscriber read = (SpeechTranscriber) loaded.stages()[0];
        assertThat(read.uid()).isEqualTo(stage.uid());
        assertThat((Boolean) read.getOrDefault(read.greedy())).isTrue();
        assertThat((Double) read.getOrDefault(read.partSeconds())).isEqualTo(90.0);
        assertThat(loaded.transformSchema(input.schema()))
                .isEqualTo(model.transform(input).schema());
        assertThat(byPath(loaded.transform(input))).isEqualTo(byPath(model.transform(input)));
        assertThat(read.copy(new org.apache.spark.ml.param.ParamMap()).uid()).isEqualTo(stage.uid());
    }

    @Test
    void segmentsFoldIntoFiles() throws IOException {
        Path joined = dir.resolve("joined.wav");
        JoinedWav.write(joined, LocalSpark.recordings(5), 1, 2);
        Path missing = dir.resolve("missing.wav");
        List<Row> files = SpeechTranscriber.files(SpeechTranscriber.transcribe(
                        LocalSpark.paths(spark, List.of(joined, missing)), SpeechOptions.defaults()))
                .orderBy("path")
                .collectAsList();
        Transcript expected = alone.transcribe(joined);
        assertThat(expected.segments()).hasSizeGreaterThan(2);
        assertThat(files).hasSize(2);
        assertThat(files.get(0).<String>getAs("text")).isEqualTo(expected.text());
        assertThat(files.get(0).getList(files.get(0).fieldIndex("words"))).hasSameSizeAs(expected.words());
        assertThat(files.get(1).<String>getAs("text")).isNull();
        assertThat(files.get(1).<Row>getAs("error").getString(1)).contains("no file " + missing);
    }

    @Test
    void sqlKnowsTheFunction() throws IOException {
        TranscribeFunction.register(spark, "digits");
        List<Path> files = LocalSpark.recordings(3);
        LocalSpark.paths(spark, files).createOrReplaceTempView("recordings");
        List<Row> rows = spark.sql("select s.path, s.text from recordings"
                        + " lateral view explode(transcribe(path)) t as s order by s.path, s.segment")
                .collectAsList();
        assertThat(rows)
                .extracting(r -> r.getString(1))
                .containsExactlyElementsOf(files.stream()
                        .flatMap(f -> alone.transcribe(f).segments().stream())
                        .map(Transcript.Segment::text)
                        .toList());
        assertThat(spark.sql("select transcribe(null) as t")
                        .collectAsList()
                        .get(0)
                        .isNullAt(0))
                .isTrue();
    }

    @Test
    void whatIsWrongForAllIsSaidBeforeAnythingRuns() throws IOException {
        Dataset<Row> paths = LocalSpark.paths(spark, LocalSpark.recordings(1));
        assertThatThrownBy(() -> SpeechTranscriber.transcribe(paths.toDF("file"), SpeechOptions.defaults()))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("a column path");
        SpeechOptions none = SpeechOptions.builder().model("/nowhere/x.qv").build();
        assertThatThrownBy(() -> SpeechTranscriber.transcribe(paths, none))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("/nowhere/x.qv");
        Path damaged = Files.write(dir.resolve("damaged.qv"), new byte[100]);
        Files.copy(LocalSpark.DIGITS.resolve("model/tokens.json"), dir.resolve("tokens.json"));
        SpeechOptions broken = SpeechOptions.builder().model(damaged.toString()).build();
        assertThatThrownBy(() -> SpeechTranscriber.transcribe(paths, broken))
                .isInstanceOf(org.quantvoice.error.QuantVoiceException.class);
        assertThatThrownBy(() -> SpeechOptions.builder().partSeconds(1).build()).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> SpeechOptions.builder().channels("left").build())
                .isInstanceOf(AudioFormatException.class);
        assertThatThrownBy(() -> SpeechOptions.builder().alpha(1.0).build()).isInstanceOf(DecoderException.class);
    }
}
