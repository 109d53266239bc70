package org.quantvoice.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.quantvoice.Transcript;
import scala.collection.immutable.Seq;

/**
 * Makes rows of transcribed pieces, one per segment. A recording in which nothing is said, or that failed, has one row.
 */
final class SegmentRows implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private static final StructType WORD = new StructType()
            .add("text", DataTypes.StringType, false)
            .add("start", DataTypes.DoubleType, false)
            .add("end", DataTypes.DoubleType, false)
            .add("confidence", DataTypes.DoubleType, false);

    /** The schema of the output of {@link SpeechTranscriber}. */
    static final StructType SCHEMA = new StructType()
            .add("path", DataTypes.StringType, false)
            .add("channel", DataTypes.StringType, true)
            .add("segment", DataTypes.IntegerType, true)
            .add("start", DataTypes.DoubleType, true)
            .add("end", DataTypes.DoubleType, true)
            .add("text", DataTypes.StringType, true)
            .add("confidence", DataTypes.DoubleType, true)
            .add("words", HeardPiece.arrayOf(WORD), true)
            .add("audio_seconds", DataTypes.DoubleType, true)
            .add("model", DataTypes.StringType, false)
            .add("error", Failure.SCHEMA, true);

    /** The schema of a job's output, which also says which version of the file was transcribed. */
    static final StructType WITH_FILE =
            SCHEMA.add("length", DataTypes.LongType, false).add("modified", DataTypes.LongType, false);

    private final String model;
    private final boolean withFile;
    private final @Nullable Outcomes outcomes;

    /** @param withFile whether rows have the schema {@link #WITH_FILE}; else they have {@link #SCHEMA} */
    SegmentRows(String model, boolean withFile, @Nullable Outcomes outcomes) {
        this.model = model;
        this.withFile = withFile;
        this.outcomes = outcomes;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> heard) {
        Iterable<Row> all = () -> heard;
        Iterator<HeardPiece> pieces = StreamSupport.stream(all.spliterator(), false)
                .map(HeardPiece::of)
                .iterator();
        Iterable<HeardRecording> recordings = () -> new Fold(pieces);
        return StreamSupport.stream(recordings.spliterator(), false)
                .flatMap(this::told)
                .iterator();
    }

    private Stream<Row> told(HeardRecording recording) {
        if (outcomes != null) {
            outcomes.add(Outcomes.of(recording));
        }
        return rows(recording).stream();
    }

    List<Row> rows(HeardRecording r) {
        List<Row> rows = new ArrayList<>();
        if (r.error() != null) {
            rows.add(row(r, null, null, null));
        } else if (r.segments().isEmpty()) {
            rows.add(row(r, null, null, ""));
        }
        for (int i = 0; i < r.segments().size(); i++) {
            rows.add(row(r, i, r.segments().get(i), null));
        }
        return rows;
    }

    private Row row(
            HeardRecording r, @Nullable Integer number, Transcript.@Nullable Segment s, @Nullable String empty) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(r.path());
        values.add(s == null ? null : s.channel());
        values.add(number);
        values.add(s == null ? null : s.start());
        values.add(s == null ? null : s.end());
        values.add(s == null ? empty : s.text());
        values.add(s == null ? null : s.confidence());
        values.add(s != null ? words(s) : empty == null ? null : HeardPiece.seq(Stream.of()));
        values.add(r.error() == null ? r.audioSeconds() : null);
        values.add(model);
        values.add(r.error() == null ? null : r.error().toRow());
        if (withFile) {
            values.add(r.length());
            values.add(r.modified());
        }
        return RowFactory.create(values.toArray());
    }

    private static Seq<Row> words(Transcript.Segment segment) {
        return HeardPiece.seq(
                segment.words().stream().map(w -> RowFactory.create(w.text(), w.start(), w.end(), w.confidence())));
    }
}
