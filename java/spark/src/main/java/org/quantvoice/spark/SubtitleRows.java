package org.quantvoice.spark;

import java.util.Iterator;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Makes subtitles of transcribed pieces, one row per recording. */
final class SubtitleRows implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;
    private static final String EXTENSION = ".srt";

    /** The schema of the list beside the subtitles, which has an entry for each recording. */
    static final StructType LISTED = new StructType()
            .add("path", DataTypes.StringType, false)
            .add("length", DataTypes.LongType, false)
            .add("modified", DataTypes.LongType, false)
            .add("model", DataTypes.StringType, false)
            .add("audio_seconds", DataTypes.DoubleType, true)
            .add("error", Failure.SCHEMA, true);

    static final StructType SCHEMA =
            LISTED.add("name", DataTypes.StringType, false).add("srt", DataTypes.StringType, true);

    private final String model;
    private final String base;
    private final Outcomes outcomes;

    /** @param base the folder to which names are relative */
    SubtitleRows(String model, String base, Outcomes outcomes) {
        this.model = model;
        this.base = base;
        this.outcomes = outcomes;
    }

    /**
     * Returns the path of a recording's subtitles below the output. Colons are replaced, as Hadoop cannot write them.
     */
    static String name(String path, String base) {
        return path.substring(base.length()).replaceFirst("^/+", "").replace(":", "%3A") + EXTENSION;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> heard) {
        Iterable<Row> all = () -> heard;
        Iterator<HeardPiece> pieces = StreamSupport.stream(all.spliterator(), false)
                .map(HeardPiece::of)
                .iterator();
        Iterable<HeardRecording> recordings = () -> new Fold(pieces);
        return StreamSupport.stream(recordings.spliterator(), false)
                .map(this::row)
                .iterator();
    }

    private Row row(HeardRecording r) {
        outcomes.add(Outcomes.of(r));
        boolean failed = r.error() != null;
        return RowFactory.create(
                r.path(),
                r.length(),
                r.modified(),
                model,
                failed ? null : r.audioSeconds(),
                r.error() == null ? null : r.error().toRow(),
                name(r.path(), base),
                failed ? null : r.toSrt());
    }
}
