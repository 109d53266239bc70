package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.cli.option.DecoderOptions;
import org.quantvoice.cli.option.LiveOptions;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.cli.terminal.StoppedException;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.CorpusException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv eval}. */
@Command(
        name = "eval",
        description = "Measures error rates and speed on a corpus.",
        footer = {
            "",
            "A corpus is a tab-separated file with the columns id, speaker, file and text. RTF is the",
            "time of the model alone over the time of the audio, after 10 warm-up runs.",
            "--table compares float, dynamic int8 and static + dynamic int8 (the modules of --dynamic and",
            "--static), on each backend of --backends, as a Markdown table."
        },
        sortOptions = false)
final class EvalCommand extends Subcommand {
    @Parameters(paramLabel = "CORPUS.tsv", description = "The corpus.")
    private Path corpusFile = Path.of("");

    @Option(
            names = "--limit",
            paramLabel = "N",
            order = 1,
            converter = RunOptions.Positive.class,
            description = "Use the first N utterances.")
    private @Nullable Integer limit;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "1",
            order = 2,
            converter = RunOptions.Positive.class,
            description = "Time each utterance N times and count the fastest (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--table", order = 3, description = "Compare recipes instead of measuring one.")
    private boolean table;

    @Option(
            names = "--backends",
            paramLabel = "B",
            split = ",",
            defaultValue = "FBGEMM,QNNPACK",
            order = 4,
            description = "Backends of the table (default: ${DEFAULT-VALUE}).")
    private List<Backend> backends = new ArrayList<>();

    @Option(names = "--unguarded", order = 5, description = "Add rows of libtorch with the guard off to the table.")
    private boolean unguarded;

    @Option(
            names = "--live",
            order = 6,
            description =
                    "Recognise each utterance as a stream, 0.1 s at a time, with the options of live recognition.")
    private boolean stream;

    @Mixin
    private LiveOptions live;

    @Mixin
    private ModelOption model;

    @Mixin
    private RunOptions run;

    @Mixin
    private QuantOptions quant;

    @Mixin
    private DecoderOptions decoder;

    @Override
    public Integer call() {
        if (table && (quant.staticNames().isEmpty() || quant.dynamicNames().isEmpty())) {
            throw usage("got --table without modules; expected both --static NAMES and --dynamic NAMES");
        }
        live.check(stream);
        AudioCorpus corpus = AudioCorpus.tsv(corpusFile);
        if (!corpus.hasText()) {
            throw new CorpusException(
                    corpusFile + " without the column text", "the words of each recording", "add the column text");
        }
        if (limit != null) {
            corpus = corpus.limit(limit);
        }
        try (DecoderOptions closedAtTheEnd = decoder) {
            if (stream) {
                streamed(corpus);
            } else if (table) {
                compare(corpus);
            } else {
                one(corpus);
            }
        }
        return QuantVoice.OK;
    }

    private void streamed(AudioCorpus corpus) {
        if (table) {
            throw usage("got --live and --table; expected one of them");
        }
        QuantSessionBuilder builder = run.builder(model.name()).progress(progress());
        quant.apply(builder);
        decoder.applyLive(builder);
        try (QuantSession session = builder.build()) {
            LiveEvaluation result = LiveEvaluation.of(session, live, corpus, progress());
            if (json()) {
                Map<String, @Nullable Object> map = Documents.run(model.name(), session.info());
                live.addTo(map, session);
                result.addTo(map);
                map.put("decoder", decoder.describeLive(session.streams()));
                printJson(map);
            } else {
                out().println("WER " + result.words());
                out().printf(
                                Locale.ROOT,
                                "RTF %.4f; chunks %.1f ms in the middle, %.1f ms for 99 of 100 (%.1f s of audio)%n",
                                result.realTimeFactor(),
                                result.latency(0.5) * 1e3,
                                result.latency(0.99) * 1e3,
                                result.audioSeconds());
                out().println(RunOptions.describe(session.info()) + ", " + decoder.describeLive(session.streams()));
            }
        }
    }

    private void one(AudioCorpus corpus) {
        QuantSessionBuilder builder = run.builder(model.name());
        quant.apply(builder);
        Evaluation result = evaluate(builder, corpus, progress());
        if (json()) {
            Map<String, @Nullable Object> map = Documents.run(model.name(), result.info());
            result.addTo(map);
            map.put("decoder", decoder.describe());
            printJson(map);
        } else {
            out().println("WER " + result.words());
            out().println("CER " + result.characters());
            out().printf(
                            Locale.ROOT,
                            "RTF %.4f of the model, %.4f of the whole (%.1f s of audio); %.2f MB%n",
                            result.speed().encoder(),
                            result.speed().whole(),
                            result.speed().audioSeconds(),
                            result.modelBytes() / 1e6);
            out().println(RunOptions.describe(result.info()) + ", " + decoder.describe());
        }
    }

    private Evaluation evaluate(QuantSessionBuilder builder, AudioCorpus corpus, Progress listener) {
        builder.progress(listener);
        decoder.apply(builder, 1);
        try (QuantSession session = builder.build()) {
            return Evaluation.of(session, corpus, runs, listener);
        }
    }

    /** Compares recipes. After a signal it prints the rows that are complete. */
    private void compare(AudioCorpus corpus) {
        RecipeTable rows = new RecipeTable(model.name());
        try (StopSignal stop = new StopSignal()) {
            Progress listener = stop.checking(progress());
            compare(rows, builder -> evaluate(builder, corpus, listener));
        } catch (StoppedException e) {
            if (!json()) {
                out().print(rows.markdown());
            }
            throw e;
        }
        if (json()) {
            printJson(rows.toMap());
        } else {
            out().print(rows.markdown());
        }
    }

    private void compare(RecipeTable rows, Function<QuantSessionBuilder, Evaluation> evaluate) {
        for (Engine engine : List.of(Engine.LIBTORCH, Engine.NATIVE)) {
            rows.add("float", evaluate.apply(run.builder(model.name()).engine(engine)));
        }
        for (Backend backend : backends) {
            recipes(rows, evaluate, unguarded, () -> run.builder(model.name()).backend(backend));
        }
        recipes(rows, evaluate, false, () -> run.builder(model.name()).engine(Engine.NATIVE));
    }

    private void recipes(
            RecipeTable rows,
            Function<QuantSessionBuilder, Evaluation> evaluate,
            boolean bareToo,
            Supplier<QuantSessionBuilder> builders) {
        String[] dynamic = quant.dynamicNames().toArray(String[]::new);
        rows.add(
                "dynamic",
                evaluate.apply(builders.get()
                        .quantize(Quantization.recipe().dynamicInt8(dynamic).build())));
        rows.add(
                "static + dynamic",
                evaluate.apply(builders.get().quantize(quant.recipe().build())));
        if (bareToo) {
            rows.add(
                    "static + dynamic, guard off",
                    evaluate.apply(
                            builders.get().quantize(quant.recipe().guard(false).build())));
        }
    }
}
