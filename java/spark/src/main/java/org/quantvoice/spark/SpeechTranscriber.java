package org.quantvoice.spark;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.error.AudioFormatException;

/**
 * Transcribes recordings as a stage of Spark ML. The input has a column {@code path}, which executors read through
 * Hadoop's file systems, or {@code path} and {@code content}, as the source {@code binaryFile} gives them. The output
 * has a row for each segment:
 *
 * <pre>
 * path string, channel string, segment int (from 0), start double, end double (seconds), text string, confidence double,
 * words array&lt;struct&lt;text, start, end, confidence&gt;&gt;, audio_seconds double, model string,
 * error struct&lt;type, message&gt;
 * </pre>
 *
 * <p>{@code channel} is null unless channels are split. A recording in which nothing is said has one row without {@code segment}
 * and with an empty {@code text}; one that cannot be read has one row with {@code error} and nothing else. {@code model} names
 * the model with a hash of it and of the decoder's settings. A path that occurs several times is transcribed once.
 *
 * <p>Paths of a batch are planned by the headers of their files: long recordings are cut at pauses into parts for
 * several tasks, and the longest parts come first. Words are those of {@link org.quantvoice.QuantSession#transcribe}. A
 * recording in {@code content}, or of a streaming {@code Dataset}, is transcribed by one task. Spark transcribes again
 * when a result is used again, and sorting uses it twice, so write it or persist it first.
 */
public final class SpeechTranscriber extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;
    private static final int PIECES_A_CORE = 8;

    private final String uid;
    private final Param<String> model;
    private final Param<String> vocabulary;
    private final Param<String> languageModel;
    private final DoubleParam alpha;
    private final DoubleParam beta;
    private final Param<String> lexicon;
    private final StringArrayParam hotwords;
    private final DoubleParam hotwordWeight;
    private final IntParam beamWidth;
    private final BooleanParam greedy;
    private final Param<String> channels;
    private final DoubleParam partSeconds;
    private final BooleanParam distribute;

    public SpeechTranscriber() {
        this(Identifiable$.MODULE$.randomUID("speechTranscriber"));
    }

    /** Makes a transcriber with an id, for Spark, which reads saved transcribers. */
    public SpeechTranscriber(String uid) {
        this.uid = uid; // the params ask their owner for the id
        model = new Param<>(this, "model", "name of an embedded model, or a path");
        vocabulary = new Param<>(this, "vocabulary", "path of the model's token list");
        languageModel = new Param<>(this, "languageModel", "path of an ARPA or KenLM file");
        alpha = new DoubleParam(this, "alpha", "weight of the language model");
        beta = new DoubleParam(this, "beta", "bonus for each word beside a language model");
        lexicon = new Param<>(this, "lexicon", "path of a list of the only words");
        hotwords = new StringArrayParam(this, "hotwords", "phrases to prefer");
        hotwordWeight = new DoubleParam(this, "hotwordWeight", "weight of the hotwords");
        beamWidth = new IntParam(this, "beamWidth", "width of the prefix beam search");
        greedy = new BooleanParam(this, "greedy", "no search");
        channels = new Param<>(this, "channels", "mix, split or a number");
        partSeconds = new DoubleParam(this, "partSeconds", "longest part that a task hears");
        distribute = new BooleanParam(this, "distribute", "whether Spark sends the model's files to executors");
        setDefault(model, "digits");
        setDefault(beamWidth, 100);
        setDefault(greedy, false);
        setDefault(channels, Recipe.MIX);
        setDefault(partSeconds, SpeechOptions.defaults().partSeconds());
        setDefault(hotwordWeight, Hotwords.DEFAULT_WEIGHT);
        setDefault(distribute, true);
    }

    @Override
    public String uid() {
        return uid;
    }

    public Param<String> model() {
        return model;
    }

    public Param<String> vocabulary() {
        return vocabulary;
    }

    public Param<String> languageModel() {
        return languageModel;
    }

    public DoubleParam alpha() {
        return alpha;
    }

    public DoubleParam beta() {
        return beta;
    }

    public Param<String> lexicon() {
        return lexicon;
    }

    public StringArrayParam hotwords() {
        return hotwords;
    }

    public DoubleParam hotwordWeight() {
        return hotwordWeight;
    }

    public IntParam beamWidth() {
        return beamWidth;
    }

    public BooleanParam greedy() {
        return greedy;
    }

    public Param<String> channels() {
        return channels;
    }

    public DoubleParam partSeconds() {
        return partSeconds;
    }

    public BooleanParam distribute() {
        return distribute;
    }

    public SpeechTranscriber setModel(String nameOrPath) {
        set(model, nameOrPath);
        return this;
    }

    public SpeechTranscriber setVocabulary(String path) {
        set(vocabulary, path);
        return this;
    }

    public SpeechTranscriber setLanguageModel(String path) {
        set(languageModel, path);
        return this;
    }

    public SpeechTranscriber setAlpha(double weight) {
        set(alpha, weight);
        return this;
    }

    public SpeechTranscriber setBeta(double bonus) {
        set(beta, bonus);
        return this;
    }

    public SpeechTranscriber setLexicon(String path) {
        set(lexicon, path);
        return this;
    }

    public SpeechTranscriber setHotwords(String... phrases) {
        set(hotwords, phrases);
        return this;
    }

    public SpeechTranscriber setHotwordWeight(double weight) {
        set(hotwordWeight, weight);
        return this;
    }

    public SpeechTranscriber setBeamWidth(int width) {
        set(beamWidth, width);
        return this;
    }

    public SpeechTranscriber setGreedy(boolean on) {
        set(greedy, on);
        return this;
    }

    public SpeechTranscriber setChannels(String chosen) {
        set(channels, chosen);
        return this;
    }

    public SpeechTranscriber setPartSeconds(double seconds) {
        set(partSeconds, seconds);
        return this;
    }

    public SpeechTranscriber setDistribute(boolean on) {
        set(distribute, on);
        return this;
    }

    private <T> @Nullable T chosen(Param<T> param) {
        return isDefined(param) ? getOrDefault(param) : null;
    }

    private SpeechOptions options() {
        String[] phrases = chosen(hotwords);
        return SpeechOptions.builder()
                .model(getOrDefault(model))
                .vocabulary(chosen(vocabulary))
                .languageModel(chosen(languageModel))
                .alpha((Double) chosen(alpha))
                .beta((Double) chosen(beta))
                .lexicon(chosen(lexicon))
                .hotwords(phrases == null ? List.of() : List.of(phrases), (Double) getOrDefault(hotwordWeight))
                .beamWidth((Integer) getOrDefault(beamWidth))
                .greedy((Boolean) getOrDefault(greedy))
                .channels(getOrDefault(channels))
                .partSeconds((Double) getOrDefault(partSeconds))
                .distribute((Boolean) getOrDefault(distribute))
                .build();
    }

    @Override
    public Dataset<Row> transform(Dataset<?> input) {
        return transcribe(input.toDF(), options());
    }

    @Override
    public StructType transformSchema(StructType input) {
        requirePath(input);
        return SegmentRows.SCHEMA;
    }

    @Override
    public SpeechTranscriber copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Returns the reader of transcribers that {@link #save} wrote, in a pipeline or alone. */
    public static MLReader<SpeechTranscriber> read() {
        return new DefaultParamsReader<>();
    }

    public static SpeechTranscriber load(String path) {
        return read().load(path);
    }

    private static void requirePath(StructType input) {
        if (!List.of(input.fieldNames()).contains("path")) {
            throw new AudioFormatException(
                    "columns " + String.join(", ", input.fieldNames()),
                    "a column path, and perhaps content",
                    "rename the column that holds the paths of recordings");
        }
    }

    /**
     * Transcribes recordings and returns a row for each of their segments.
     *
     * @param recordings with a column {@code path}, and perhaps {@code content}
     * @throws org.quantvoice.error.QuantVoiceException if the model cannot be opened on the driver, or there is no such column;
     * a fault of a recording becomes a row
     */
    public static Dataset<Row> transcribe(Dataset<Row> recordings, SpeechOptions options) {
        requirePath(recordings.schema());
        SparkSession spark = recordings.sparkSession();
        Recipe recipe = RecipeResolver.resolve(spark.sparkContext(), options);
        boolean content = List.of(recordings.columns()).contains("content");
        Recordings files = new Recordings(spark);
        Hear hear = new Hear(recipe, files, null);
        SegmentRows fold = new SegmentRows(recipe.id, false, null);
        Encoder<Row> pieces = Encoders.row(Piece.SCHEMA);
        Encoder<Row> heard = Encoders.row(HeardPiece.SCHEMA);
        Encoder<Row> rows = Encoders.row(SegmentRows.SCHEMA);
        if (content || recordings.isStreaming()) {
            Dataset<Row> input = content ? recordings.select("path", "content") : recordings.select("path");
            return input.mapPartitions(new Measure(files, Double.POSITIVE_INFINITY, content), pieces)
                    .mapPartitions(hear, heard)
                    .mapPartitions(fold, rows);
        }
        double longest = recipe.cuts ? options.partSeconds() : Double.POSITIVE_INFINITY;
        int tasks = PIECES_A_CORE * spark.sparkContext().defaultParallelism();
        return recordings
                .select("path")
                .distinct()
                .mapPartitions(new Measure(files, longest, false), pieces)
                .repartitionByRange(tasks, col("seconds").desc())
                .mapPartitions(hear, heard)
                .repartition(tasks, col("path"))
                .sortWithinPartitions("path", "part")
                .mapPartitions(fold, rows);
    }

    /**
     * Folds segments into one row per recording: {@code path, text, words, segments, audio_seconds, model, error}.
     *
     * @param segments a result of {@link #transcribe}
     */
    public static Dataset<Row> files(Dataset<Row> segments) {
        return segments.groupBy("path", "model")
                .agg(
                        array_sort(collect_list(when(
                                        col("segment").isNotNull(),
                                        struct("segment", "channel", "start", "end", "text", "confidence", "words"))))
                                .as("segments"),
                        first("audio_seconds").as("audio_seconds"),
                        first("error", true).as("error"))
                .select(
                        col("path"),
                        when(col("error").isNull(), concat_ws(" ", col("segments.text")))
                                .as("text"),
                        flatten(col("segments.words")).as("words"),
                        col("segments"),
                        col("audio_seconds"),
                        col("model"),
                        col("error"));
    }
}
