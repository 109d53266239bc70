package org.quantvoice.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.torch.train.QatOptions;
import org.quantvoice.torch.train.QatResult;
import org.quantvoice.torch.train.QuantizationAwareTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv qat}. */
@Command(
        name = "qat",
        description = "Trains a float model for a few epochs so that it bears weights of few bits.",
        footer = {"", "Ctrl-C ends the training; the best epoch so far is written. See docs/qat.md."},
        sortOptions = false)
final class QatCommand extends Subcommand {
    private static final String TOKENS = "tokens.json";
    private static final String RANGES = "ranges.json";

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript in float.")
    private Path model = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT.pt",
            required = true,
            order = 1,
            description = "Where to save.")
    private Path output = Path.of("");

    @Option(names = "--on", paramLabel = "TSV", required = true, order = 2, description = "Recordings with texts.")
    private Path corpus = Path.of("");

    @Option(
            names = "--bits",
            paramLabel = "N",
            defaultValue = "4",
            order = 3,
            description = "Bits of a weight, 2 to 8 (default: ${DEFAULT-VALUE}).")
    private int bits;

    @Option(
            names = "--modules",
            paramLabel = "NAMES",
            split = ",",
            order = 4,
            description = "Modules to round; a name covers all below it (default: all).")
    private List<String> modules = new ArrayList<>();

    @Option(names = "--per-tensor", order = 5, description = "One scale a weight tensor, not one an output channel.")
    private boolean perTensor;

    @Option(names = "--float-activations", order = 6, description = "Round weights only.")
    private boolean floatActivations;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "6",
            order = 7,
            description = "Passes over the recordings; 0 rounds only (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            order = 8,
            description = "Recordings between two changes of the weights (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--rate",
            paramLabel = "R",
            order = 9,
            description = "Adam's learning rate at the start (default: 3e-4 for 2 bits, 1e-4 for more).")
    private @Nullable Double rate;

    @Option(
            names = "--freeze-after",
            paramLabel = "N",
            defaultValue = "0",
            order = 10,
            description = "Changes of the weights after which scales and ranges stay (default: half of all).")
    private int freezeAfter;

    @Option(
            names = "--held-out",
            paramLabel = "S",
            defaultValue = "0.2",
            order = 11,
            description = "Share of the recordings that judges the epochs (default: ${DEFAULT-VALUE}).")
    private double heldOut;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            order = 12,
            description = "Of the order of the recordings (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--vocabulary",
            paramLabel = "FILE",
            order = 13,
            description = "Token list of the model (default: MODEL.tokens.json or tokens.json beside it).")
    private @Nullable Path vocabulary;

    @Option(
            names = "--threads",
            paramLabel = "N",
            order = 14,
            converter = RunOptions.Positive.class,
            description = "Threads (default: the physical cores).")
    private @Nullable Integer threads;

    @Override
    public Integer call() {
        if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".pt")) {
            throw usage("got the output " + output + "; expected a name that ends in .pt");
        }
        AtomicFile.prepare(output); // checked now, and not when hours of training are to be written
        Input input = input(); // called first, because its exception says what to add where quantvoice-torch is missing
        List<String> names = modules.isEmpty() ? List.of("") : modules;
        double steps = rate == null ? QatOptions.usualRate(bits) : rate;
        QatOptions options = new QatOptions(
                names, bits, !perTensor, !floatActivations, epochs, batch, steps, freezeAfter, heldOut, seed);
        int used = threads == null ? QuantSession.defaultThreads() : threads;
        QuantizationAwareTraining training =
                new QuantizationAwareTraining(model, input.vocabulary(), input.sampleRate(), options, used, progress());
        try (StopSignal stop = new StopSignal()) {
            QatResult result = training.run(AudioCorpus.tsv(corpus), stop::asked, output);
            saveTokens();
            Optional<Path> ranges = saveRanges(result.ranges());
            QatDocuments documents = new QatDocuments(result, model, output, ranges, bits);
            if (json()) {
                printJson(documents.json());
            } else {
                out().print(documents.text());
            }
            return result.end() == QatResult.End.DIVERGED ? QuantVoice.FAILED : QuantVoice.OK;
        }
    }

    /** The facts about the model that its token list gives. */
    private record Input(Vocabulary vocabulary, int sampleRate) {}

    private Input input() {
        var builder = QuantSession.builder().model(model.toString()).engine(Engine.LIBTORCH);
        if (vocabulary != null) {
            builder.vocabulary(vocabulary);
        }
        try (QuantSession session = builder.build()) {
            return new Input(session.vocabulary(), session.sampleRate());
        }
    }

    /** Copies the token list to where commands look for that of the new model. */
    private void saveTokens() {
        Path file = model.toAbsolutePath();
        Path source = Stream.of(Optional.ofNullable(vocabulary), Optional.of(sidecar(file)))
                .flatMap(Optional::stream)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(file.resolveSibling(TOKENS));
        if (Files.isRegularFile(source)) {
            AtomicFile.write(sidecar(output.toAbsolutePath()), out -> Files.copy(source, out));
        }
    }

    /**
     * Saves the ranges to which training rounded inputs, for {@code qv quantize --ranges}; saves nothing if inputs
     * stayed float.
     */
    private Optional<Path> saveRanges(ActivationRanges ranges) {
        if (ranges.byLayer().isEmpty()) {
            return Optional.empty();
        }
        Path file = sidecar(output, RANGES);
        ranges.save(file);
        return Optional.of(file);
    }

    private static Path sidecar(Path file) {
        return sidecar(file, TOKENS);
    }

    private static Path sidecar(Path file, String ending) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + "." + ending);
    }
}
