package org.quantvoice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.option.TuneOptions;
import org.quantvoice.cli.terminal.CsvFile;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.cli.terminal.StoppedException;
import org.quantvoice.cli.terminal.TextTable;
import org.quantvoice.cli.tuning.PersonalResults;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.CorpusException;
import org.quantvoice.error.OutputException;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.json.JsonWriter;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.TuningReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code qv experiment personal}. */
@Command(
        name = "personal",
        description = "Tunes on each speaker and tests on all: does tuning on the own voice help?",
        footer = {
            "",
            "Repeats the table of Fish, Michieli and Ozay (2023). Writes personal.csv (a row as soon as it is",
            "known), personal.json and index.html with a plot into the folder. Recordings to tune on are drawn",
            "with the seed, so that a repeat gives the same numbers."
        },
        sortOptions = false)
final class PersonalExperiment extends Subcommand {
    @Option(names = "--on", paramLabel = "TSV", required = true, order = 1, description = "Recordings to tune on.")
    private Path tuneFile = Path.of("");

    @Option(names = "--test", paramLabel = "TSV", required = true, order = 2, description = "Recordings to test on.")
    private Path testFile = Path.of("");

    @Option(
            names = "--budgets",
            paramLabel = "SIZES",
            split = ",",
            required = true,
            order = 2,
            description = "For instance 1.2MB,1MB.")
    private List<String> budgets = new ArrayList<>();

    @Option(names = "--seed", defaultValue = "1", order = 6, description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--recordings",
            paramLabel = "N",
            defaultValue = "5",
            converter = RunOptions.Positive.class,
            order = 6,
            description = "To tune on, of each speaker (default: ${DEFAULT-VALUE}).")
    private int recordings;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            order = 7,
            description = "Folder of the results.")
    private Path folder = Path.of("");

    @Mixin
    private TuneOptions tuning;

    @Mixin
    private ModelOption model;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws IOException {
        AudioCorpus tune = AudioCorpus.tsv(tuneFile);
        AudioCorpus test = AudioCorpus.tsv(testFile);
        if (!test.hasText() || !tune.speakers().containsAll(test.speakers())) {
            throw new CorpusException(
                    testFile + " without texts, or with speakers that " + tuneFile + " lacks",
                    "texts, and recordings of each speaker in both",
                    "pass other corpora");
        }
        List<DataSize> sizes = budgets.stream().map(DataSize::parse).toList();
        createFolder();
        PersonalResults results = new PersonalResults();
        try (StopSignal stop = new StopSignal();
                CsvFile csv = new CsvFile(folder.resolve("personal.csv"), PersonalResults.TITLES)) {
            try {
                for (DataSize budget : sizes) {
                    for (String speaker : test.speakers()) {
                        measure(
                                budget,
                                speaker,
                                tune.speaker(speaker).sample(recordings, seed),
                                test,
                                stop,
                                results,
                                csv);
                    }
                }
            } catch (StoppedException e) {
                err().println("stopped: " + results.size() + " results are in " + folder);
                throw e;
            } finally {
                write(results);
            }
        }
        show(results);
        return QuantVoice.OK;
    }

    private void createFolder() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new OutputException(
                    folder + ", which cannot be made (" + e + ")",
                    "a folder to write into",
                    "choose another folder",
                    e);
        }
    }

    private void measure(
            DataSize budget,
            String speaker,
            AudioCorpus recordingsOfUser,
            AudioCorpus test,
            StopSignal stop,
            PersonalResults results,
            CsvFile csv) {
        QuantSessionBuilder builder =
                run.builder(model.name()).engine(Engine.NATIVE).progress(stop.checking(progress()));
        builder.quantize(
                tuning.spend(Quantization.toBudget(budget), recordingsOfUser).build());
        try (QuantSession session = builder.build()) {
            TuningReport report = session.report().flatMap(QuantReport::tuning).orElseThrow();
            for (String listener : test.speakers()) {
                ErrorRate words = ErrorRate.words();
                for (AudioCorpus.Item item : test.speaker(listener).items()) {
                    stop.check("while transcribing");
                    words.add(item.text(), session.transcribe(item.file()).text());
                }
                csv.row(results.add(budget, seed, speaker, listener, words, report)
                        .cells());
            }
        }
    }

    private void write(PersonalResults results) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", model.name());
        json.put("recordings", recordings);
        json.put("seed", seed);
        json.put("sensitivity", tuning.sensitivity().name());
        json.put("budgets", results.summary());
        text("personal.json", JsonWriter.pretty(json) + "\n");
        if (results.size() > 0) {
            text("index.html", results.page().html());
        }
    }

    private void text(String name, String content) {
        AtomicFile.write(folder.resolve(name), out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
    }

    private void show(PersonalResults results) {
        if (json()) {
            printJson(Map.of("budgets", results.summary()));
            return;
        }
        TextTable table = new TextTable("budget", "bits", "WER own", "WER others", "own at least as good");
        for (Map<String, Object> row : results.summary()) {
            table.row(
                    String.valueOf(row.get("budgetBytes")),
                    String.format(Locale.ROOT, "%.2f", (Double) row.get("meanBits")),
                    String.format(Locale.ROOT, "%.2f", (Double) row.get("werOwn")),
                    String.format(Locale.ROOT, "%.2f", (Double) row.get("werOthers")),
                    String.valueOf(row.get("ownAtLeastAsGood")));
        }
        out().print(table);
    }
}
