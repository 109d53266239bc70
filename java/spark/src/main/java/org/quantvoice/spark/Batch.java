package org.quantvoice.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantVoiceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * One run of a batch: it lists the recordings, leaves out those that are done, measures the others, and transcribes
 * them in waves. A wave is one job of Spark, whose output is committed at its end. It takes about two minutes
 * (spark.quantvoice.waveSeconds), so that a run that is interrupted loses no more than that.
 */
final class Batch {
    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);
    /** The setting of Spark with the seconds that a wave should take. */
    private static final String WAVE_SETTING = "spark.quantvoice.waveSeconds";

    private static final double WAVE_SECONDS = 120;
    /**
     * The seconds of audio that one core is assumed to transcribe in a second, until the speed of the model is known.
     */
    private static final double FIRST_SPEED = 15;

    private static final int FILES_A_MEASURE = 200;

    private final SparkSession spark;
    private final BatchOptions options;
    private final BatchListener listener;
    private final Configuration conf;
    private final Path output;
    private final Recordings recordings;

    Batch(SparkSession spark, BatchOptions options, BatchListener listener) {
        this.spark = spark;
        this.options = options;
        this.listener = listener;
        conf = spark.sessionState().newHadoopConf();
        output = Listing.path(conf, options.output());
        recordings = new Recordings(spark);
    }

    BatchSummary run() {
        return hear(work());
    }

    /**
     * The work to do. The list of files is not kept, because an archive may have millions.
     *
     * @param base the folder to which names of outputs are relative
     * @param pieces the pieces that are not done, in the order of {@link Wave#ordered}
     * @param recordings the number of files
     * @param doneBefore the number of files that are done
     */
    private record Work(Recipe recipe, String base, List<Piece> pieces, int recordings, int doneBefore) {}

    private Work work() {
        Listing listing = Listing.of(conf, options);
        Recipe recipe = RecipeResolver.resolve(spark.sparkContext(), options.speech());
        String base = listing.base().toString();
        List<Listing.Listed> files = listing.files();
        Set<String> done = new EarlierRun(spark, conf, options)
                .done(files, recipe.id, options.format() == BatchFormat.SRT_FILES ? base : null);
        List<String> left = files.stream()
                .map(Listing.Listed::path)
                .filter(f -> !done.contains(f))
                .toList();
        List<Piece> pieces = left.isEmpty() ? List.of() : measured(left, recipe);
        if (done.isEmpty()) {
            requireOne(pieces);
        }
        return new Work(recipe, base, Wave.ordered(pieces), files.size(), done.size());
    }

    private List<Piece> measured(List<String> paths, Recipe recipe) {
        double longest = recipe.cuts ? options.speech().partSeconds() : Double.POSITIVE_INFINITY;
        int tasks = Math.min(cores() * 8, paths.size() / FILES_A_MEASURE + 1);
        spark.sparkContext().setJobDescription("QuantVoice: reads the headers of " + paths.size() + " files");
        Measure measure = new Measure(recordings, longest, false);
        return JavaSparkContext.fromSparkContext(spark.sparkContext())
                // not a Dataset, because planning one takes longer than reading a hundred headers
                .parallelize(paths, tasks)
                .flatMap(path -> measure.of(path).stream().map(Piece::toRow).iterator())
                .collect()
                .stream()
                .map(Piece::of)
                .toList();
    }

    /**
     * Refuses a batch without a readable recording.
     *
     * @throws QuantVoiceException why the first recording cannot be read, if none can
     */
    private void requireOne(List<Piece> pieces) {
        if (pieces.stream().anyMatch(p -> p.seconds() != Piece.UNREADABLE)) {
            return;
        }
        try (AudioStream stream = recordings.open(pieces.get(0).path())) {
            LOG.info("{} can be read after all", stream.name());
        } catch (AudioFormatException e) {
            throw new AudioFormatException(
                    "no recording among " + pieces.size() + " files; of the first: " + e.got(),
                    e.expected(),
                    "check the input, or choose files by their names (glob)",
                    e);
        }
    }

    private double waveSeconds() {
        double seconds = spark.sparkContext().conf().getDouble(WAVE_SETTING, WAVE_SECONDS);
        if (!(seconds > 0)) {
            throw new OutputException(WAVE_SETTING + " " + seconds, "more than 0", "correct the setting");
        }
        return seconds;
    }

    private int cores() {
        return Math.max(1, spark.sparkContext().defaultParallelism());
    }

    private BatchSummary hear(Work work) {
        List<Piece> pieces = work.pieces();
        Map<String, Failure> failures = new TreeMap<>();
        double audio = 0;
        double waveSeconds = waveSeconds();
        double least = FIRST_SPEED * waveSeconds * cores();
        double budget = least;
        long begin = System.nanoTime();
        double all = pieces.stream().mapToDouble(p -> Math.max(0, p.seconds())).sum();
        Meters meters = new Meters(spark.sparkContext());
        ProgressReport report = new ProgressReport(meters, all / 3600, listener);
        spark.sparkContext().addSparkListener(report);
        try {
            for (int at = 0; at < pieces.size(); ) {
                Wave wave = Wave.next(pieces, at, budget, cores());
                at += wave.pieces();
                long start = System.nanoTime();
                Outcomes outcomes = new Outcomes();
                spark.sparkContext().register(outcomes);
                write(work, wave, meters, outcomes);
                for (Outcomes.Outcome o : outcomes.value().values()) {
                    audio += o.audioSeconds();
                    if (o.error() != null) {
                        failures.put(o.path(), o.error());
                    }
                }
                double took = Math.max(0.1, (System.nanoTime() - start) / 1e9);
                budget = Math.max(least, wave.seconds() / took * waveSeconds);
            }
        } finally {
            spark.sparkContext().removeSparkListener(report);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new BatchSummary(work.recordings(), work.doneBefore(), failures, audio, seconds, work.recipe().id);
    }

    private void write(Work work, Wave wave, Meters meters, Outcomes outcomes) {
        spark.sparkContext()
                .setJobDescription(String.format("QuantVoice: hears %.1f h of audio", wave.seconds() / 3600));
        Hear hear = new Hear(work.recipe(), recordings, meters);
        if (options.format() == BatchFormat.SRT_FILES) {
            SubtitleRows fold = new SubtitleRows(work.recipe().id, work.base(), outcomes);
            subtitles(folded(wave, hear, fold, SubtitleRows.SCHEMA));
            return;
        }
        SegmentRows fold = new SegmentRows(work.recipe().id, true, outcomes);
        Dataset<Row> rows = folded(wave, hear, fold, SegmentRows.WITH_FILE);
        switch (options.format()) {
            case PARQUET -> rows.write().mode(SaveMode.Append).parquet(output.toString());
            case JSONL -> rows.write().mode(SaveMode.Append).json(output.toString());
            default ->
                CsvRows.of(rows)
                        .write()
                        .mode(SaveMode.Append)
                        .options(CsvRows.OPTIONS)
                        .csv(output.toString());
        }
    }

    /**
     * Returns the rows of a wave. Only parts of recordings are shuffled; the rows of whole recordings are written by
     * the task that transcribes them, and so outlive a lost executor.
     */
    private Dataset<Row> folded(Wave wave, Hear hear, MapPartitionsFunction<Row, Row> fold, StructType schema) {
        Encoder<Row> rows = Encoders.row(schema);
        Dataset<Row> all = null;
        if (!wave.cut().isEmpty()) {
            int tasks = Math.min(wave.cut().size(), cores());
            all = heard(wave.cut(), hear)
                    .repartition(tasks, col("path"))
                    .sortWithinPartitions("path", "part")
                    .mapPartitions(fold, rows);
        }
        if (!wave.whole().isEmpty()) {
            Dataset<Row> whole = heard(wave.whole(), hear).mapPartitions(fold, rows);
            all = all == null ? whole : all.union(whole);
        }
        return java.util.Objects.requireNonNull(all);
    }

    private Dataset<Row> heard(List<ArrayList<Row>> bins, Hear hear) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        return spark.createDataFrame(context.parallelize(bins, bins.size()).flatMap(ArrayList::iterator), Piece.SCHEMA)
                .mapPartitions(hear, Encoders.row(HeardPiece.SCHEMA));
    }

    private void subtitles(Dataset<Row> rows) {
        Column[] listed =
                Arrays.stream(SubtitleRows.LISTED.fieldNames()).map(n -> col(n)).toArray(Column[]::new);
        Dataset<Row> withJson = rows.withColumn("json", to_json(struct(listed)));
        try {
            Job job = Job.getInstance(conf);
            job.setOutputFormatClass(SubtitleOutput.class);
            job.setOutputKeyClass(NullWritable.class);
            job.setOutputValueClass(Row.class);
            job.getConfiguration().set(SubtitleOutput.WAVE, UUID.randomUUID().toString());
            FileOutputFormat.setOutputPath(job, output);
            withJson.toJavaRDD()
                    .mapToPair(row -> new Tuple2<>(NullWritable.get(), row))
                    .saveAsNewAPIHadoopDataset(job.getConfiguration());
        } catch (IOException e) {
            throw new OutputException(
                    output + ", which cannot be written: " + e, "a folder with space left", "free some space", e);
        }
    }
}
