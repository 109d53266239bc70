package org.quantvoice.spark;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * The function {@code transcribe(path)} of SQL. It returns the segments of a recording as an array of structs with the
 * columns of {@link SpeechTranscriber}. The task that has the row transcribes the whole recording.
 *
 * <pre>{@code
 * TranscribeFunction.register(spark, SpeechOptions.defaults());
 * spark.sql("select s.* from recordings lateral view explode(transcribe(path)) t as s");
 * }</pre>
 *
 * <p>In PySpark: {@code spark._jvm.org.quantvoice.spark.TranscribeFunction.register(spark._jsparkSession, model)}.
 */
public final class TranscribeFunction implements UDF1<String, Object> {
    private static final long serialVersionUID = 1L;
    /** The name of the function in SQL. */
    public static final String NAME = "transcribe";

    private final Hear hear;
    private final Measure measure;
    private final SegmentRows fold;

    private TranscribeFunction(SparkSession spark, Recipe recipe) {
        Recordings files = new Recordings(spark);
        hear = new Hear(recipe, files, null);
        measure = new Measure(files, Double.POSITIVE_INFINITY, false);
        fold = new SegmentRows(recipe.id, false, null);
    }

    /**
     * Registers the function with a Spark session, in place of an earlier one.
     *
     * @throws org.quantvoice.error.QuantVoiceException if the model cannot be opened on the driver
     */
    public static void register(SparkSession spark, SpeechOptions options) {
        Recipe recipe = RecipeResolver.resolve(spark.sparkContext(), options);
        DataType type = HeardPiece.arrayOf(SegmentRows.SCHEMA);
        spark.udf().register(NAME, new TranscribeFunction(spark, recipe), type);
    }

    /**
     * Registers the function with the usual options.
     *
     * @param model the name of an embedded model, or a path
     */
    public static void register(SparkSession spark, String model) {
        register(spark, SpeechOptions.builder().model(model).build());
    }

    /**
     * Transcribes a recording.
     *
     * @return rows of {@link SegmentRows#SCHEMA}; null for null
     */
    @Override
    public @Nullable Object call(@Nullable String path) {
        if (path == null) {
            return null;
        }
        HeardPiece heard = hear.heard(measure.of(path).get(0));
        return fold.rows(HeardRecording.of(List.of(heard))).toArray(Row[]::new);
    }
}
