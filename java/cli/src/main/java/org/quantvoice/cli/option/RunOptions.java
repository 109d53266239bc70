package org.quantvoice.cli.option;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.quant.StreamSettings;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say on which engine, backend and threads a model runs. */
public final class RunOptions {
    @Option(
            names = "--vocabulary",
            paramLabel = "JSON",
            order = 11,
            description = "Token list of the model (default: M.tokens.json or tokens.json beside it).")
    private @Nullable Path vocabulary;

    @Option(
            names = "--engine",
            paramLabel = "E",
            order = 12,
            converter = EngineName.class,
            description = "NATIVE or LIBTORCH (default: the first that reads the file).")
    private @Nullable Engine engine;

    @Option(
            names = "--backend",
            paramLabel = "B",
            order = 13,
            description = "Quantized backend of libtorch: FBGEMM, QNNPACK, X86 or ONEDNN.")
    private @Nullable Backend backend;

    @Option(
            names = "--threads",
            paramLabel = "N",
            order = 14,
            converter = Positive.class,
            description = "Threads of one run (default: the physical cores).")
    private @Nullable Integer threads;

    @Option(
            names = "--no-fallback",
            order = 15,
            description = "Fail where libtorch would run what the native engine does not know.")
    private boolean noFallback;

    @Option(
            names = "--no-verify",
            order = 16,
            description = "Do not compare an imported model with what its own runtime computes.")
    private boolean noVerify;

    @Option(
            names = "--keep-packed",
            order = 17,
            description =
                    "Keep the weights as they are packed for this CPU in a file beside the .qv file, for quick starts.")
    private boolean keepPacked;

    @Option(
            names = "--local-attention",
            paramLabel = "B,A[,G]",
            order = 18,
            converter = WindowConverter.class,
            description = "Let each frame of self-attention see B frames before and A after it, and the first G ones"
                    + " see and be seen by all (default: what the .qv file says, else all).")
    private @Nullable Window localAttention;

    /**
     * Returns a builder with these options.
     *
     * @param defaultThreads threads of a run unless the user chose a number
     */
    public QuantSessionBuilder builder(String model, int defaultThreads) {
        QuantSessionBuilder builder = builder(model);
        return threads == null ? builder.threads(defaultThreads) : builder;
    }

    public QuantSessionBuilder builder(String model) {
        QuantSessionBuilder builder = QuantSession.builder()
                .model(model)
                .fallback(!noFallback)
                .verify(!noVerify)
                .keepPacked(keepPacked);
        if (vocabulary != null) {
            builder.vocabulary(vocabulary);
        }
        if (engine != null) {
            builder.engine(engine);
        }
        if (backend != null) {
            builder.backend(backend);
        }
        if (threads != null) {
            builder.threads(threads);
        }
        if (localAttention != null) {
            builder.localAttention(localAttention.before, localAttention.after, localAttention.global);
        }
        return builder;
    }

    /** Returns the settings of live streams over a model, if its token list has them. */
    public Optional<StreamSettings> streamSettings(String model) {
        ModelFile file = ModelFile.named(model);
        return (vocabulary == null ? file : file.withVocabulary(vocabulary)).streaming();
    }

    /** Describes engine, backend, kernels and threads, for the line below a result. */
    public static String describe(ModelInfo info) {
        String on = info.engine() + info.backend().map(b -> " " + b).orElse("");
        return on + ", " + Version.kernels(info.threads());
    }

    /** The number of frames before and after a frame that its attention reads, and of global frames at the start. */
    private record Window(int before, int after, int global) {}

    /** Reads the window of local attention. */
    public static final class WindowConverter implements ITypeConverter<Window> {
        private static final Pattern TEXT = Pattern.compile("([0-9]{1,9}),([0-9]{1,9})(?:,([0-9]{1,9}))?");

        @Override
        public Window convert(String value) {
            Matcher match = TEXT.matcher(value);
            if (!match.matches()) {
                throw new TypeConversionException(
                        "got '" + value + "'; expected BEFORE,AFTER or BEFORE,AFTER,GLOBAL in frames, such as 128,128");
            }
            int global = match.group(3) == null ? 0 : Integer.parseInt(match.group(3));
            return new Window(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)), global);
        }
    }

    /** Reads a whole number of at least 1. */
    public static final class Positive implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            try {
                int n = Integer.parseInt(value);
                if (n >= 1) {
                    return n;
                }
            } catch (NumberFormatException e) {
                throw new TypeConversionException("got '" + value + "'; expected a whole number");
            }
            throw new TypeConversionException("got " + value + "; expected 1 or more");
        }
    }
}
