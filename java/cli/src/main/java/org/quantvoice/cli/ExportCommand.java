package org.quantvoice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.ModelExport;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.engine.Engine;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.files.Folders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code qv export}. */
@Command(
        name = "export",
        description = "Writes a model for other runtimes.",
        footer = {
            "",
            "Of one format OUT is the file; of several it is the stem to which each ending is added",
            "(.pt, .ptl, .onnx); with --parts it is the folder for the ONNX files.",
            "dynamic needs nothing; qdq needs --calibrate or --ranges with a float model. as_is is float",
            "unless an option of quantization is given. A .qv file that is int8 already is written as it",
            "is, or in the asked form."
        },
        sortOptions = false)
final class ExportCommand extends Subcommand {
    private static final String QV = ".qv";

    /** The formats that can be written. */
    enum Format {
        TORCHSCRIPT(".pt"),
        /** TorchScript with bytecode. */
        MOBILE(".ptl"),
        ONNX(".onnx");

        private final String ending;

        Format(String ending) {
            this.ending = ending;
        }
    }

    /** A written file. */
    private record Written(Format format, Path file) {}

    @Mixin
    private ModelOption model;

    @Option(
            names = "--to",
            paramLabel = "FORMATS",
            split = ",",
            required = true,
            order = 1,
            description = "One or more of: torchscript, mobile, onnx.")
    private List<Format> formats = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            order = 2,
            description = "Where to write.")
    private Path output = Path.of("");

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "AS_IS",
            order = 3,
            description = "as_is, float, qdq (static int8) or dynamic (int8) (default: as_is).")
    private ExportPrecision precision = ExportPrecision.AS_IS;

    @Option(
            names = "--parts",
            order = 4,
            description = "ONNX: encoder, CTC head and decoder in files of their own; always so for streaming models.")
    private boolean parts;

    @Option(
            names = "--dummy-cache",
            order = 5,
            description =
                    "ONNX of streaming models: the attention cache begins with a frame that takes no part, for runtimes"
                            + " without empty inputs.")
    private boolean dummyCache;

    @Mixin
    private RunOptions run;

    @Mixin
    private QuantOptions quant;

    @Override
    public Integer call() {
        check();
        prepare();
        List<Written> written = new ArrayList<>();
        try (StopSignal stop = new StopSignal()) {
            for (Format format : formats) {
                QuantSessionBuilder builder = builder(format).progress(stop.checking(progress()));
                try (QuantSession session = builder.build()) {
                    write(session, format).forEach(file -> written.add(new Written(format, file)));
                }
                stop.check("after " + format);
            }
        }
        print(written);
        return QuantVoice.OK;
    }

    /** Makes the output folders before the work begins. */
    private void prepare() {
        if (parts) {
            Folders.make(output);
        } else {
            AtomicFile.prepare(output);
        }
    }

    private void check() {
        if (quant.any() && (precision == ExportPrecision.FLOAT || isInt8())) {
            throw usage("got options of quantization for " + (isInt8() ? "a .qv file" : "--precision float")
                    + "; expected them with a float model that is to become int8");
        }
        checkDynamic();
        if (parts && !formats.equals(List.of(Format.ONNX))) {
            throw usage("got --parts with --to " + formats + "; expected --to onnx alone");
        }
        if (dummyCache && !formats.equals(List.of(Format.ONNX))) {
            throw usage("got --dummy-cache with --to " + formats + "; expected --to onnx alone");
        }
        boolean fixed = precision == ExportPrecision.QDQ && !isInt8();
        if (fixed && !quant.hasCalibration() && !quant.hasRanges()) {
            throw usage("got --precision qdq without --calibrate or --ranges; expected a corpus from which ranges are"
                    + " found, or ranges that were");
        }
    }

    /**
     * Refuses options of fixed ranges with dynamic precision, which finds the ranges in each run and would not use
     * others.
     */
    private void checkDynamic() {
        boolean script = !formats.equals(List.of(Format.ONNX));
        boolean fixed = !quant.staticNames().isEmpty() || (quant.hasCalibration() && !quant.hasObjective());
        if (precision == ExportPrecision.DYNAMIC && (quant.choosesRanges() || (script && fixed))) {
            throw usage("got options of fixed ranges (--static, --calibrate, --ranges, --observer, --symmetric,"
                    + " --reduce-range or --no-guard) for --precision dynamic, whose ranges are those of each run;"
                    + " expected them with as_is or qdq");
        }
    }

    private boolean isInt8() {
        return QuantSession.builder().model(model.name()).modelFile().toString().endsWith(QV);
    }

    private QuantSessionBuilder builder(Format format) {
        Engine engine = format == Format.ONNX ? Engine.NATIVE : Engine.LIBTORCH;
        QuantSessionBuilder builder =
                run.builder(model.name()).progress(progress()).fallback(false);
        // a .qv file has no form in TorchScript: the native engine opens it, and the session's exception says so
        builder.engine(isInt8() ? Engine.NATIVE : engine);
        if (precision == ExportPrecision.FLOAT || isInt8()) {
            return builder;
        }
        Quantization.RecipeBuilder recipe = quant.recipe();
        if (!quant.anyName() && precision == ExportPrecision.QDQ && format == Format.ONNX) {
            recipe.staticInt8("");
        }
        boolean asked = quant.any() || precision == ExportPrecision.QDQ || precision == ExportPrecision.DYNAMIC;
        return asked ? builder.quantize(recipe.build()) : builder;
    }

    private List<Path> write(QuantSession session, Format format) {
        ModelExport export = session.export();
        Path target = formats.size() == 1 ? output : Path.of(output + format.ending);
        switch (format) {
            case TORCHSCRIPT -> export.torchScript(target);
            case MOBILE -> export.mobile(target);
            case ONNX -> {
                if (parts || dummyCache || session.streams()) {
                    return dummyCache
                            ? export.onnxPartsWithDummyCache(target, precision)
                            : export.onnxParts(target, precision);
                }
                export.onnx(target, precision);
            }
        }
        return List.of(target);
    }

    private void print(List<Written> written) {
        if (!json()) {
            written.forEach(w -> out().printf(Locale.ROOT, "%s: %.2f MB%n", w.file(), size(w.file()) / 1e6));
            return;
        }
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("model", model.name());
        document.put("precision", precision.name());
        document.put(
                "files",
                written.stream()
                        .map(w -> Map.of(
                                "format", w.format().name(),
                                "path", w.file().toString(),
                                "bytes", size(w.file())))
                        .toList());
        printJson(document);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
