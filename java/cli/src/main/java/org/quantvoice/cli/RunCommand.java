package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.npy.NpyArray;
import org.quantvoice.internal.npy.NpyFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv run}. */
@Command(
        name = "run",
        description = "Writes the raw output of a model, for comparison with other programs.",
        footer = {
            "",
            "IN.npy: float32 samples at the model's rate, [samples] or [batch, samples]; OUT.npy:",
            "float32 log-probabilities, [frames, tokens] or [batch, frames, tokens]."
        },
        sortOptions = false)
final class RunCommand extends Subcommand {
    @Parameters(paramLabel = "IN.npy", description = "The samples.")
    private Path input = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT.npy",
            required = true,
            order = 1,
            description = "Where to write the output.")
    private Path output = Path.of("");

    @Mixin
    private ModelOption model;

    @Mixin
    private RunOptions run;

    @Mixin
    private QuantOptions quant;

    @Override
    public Integer call() {
        AtomicFile.prepare(output);
        NpyArray samples = NpyFiles.read(input);
        int[] shape = samples.shape();
        if (shape.length < 1 || shape.length > 2 || samples.data().length == 0) {
            throw usage("got " + input + " of shape " + Arrays.toString(shape)
                    + "; expected [samples] or [batch, samples], none of them 0");
        }
        var builder = run.builder(model.name()).progress(progress());
        quant.apply(builder);
        try (AcousticModel opened = builder.acousticModel()) {
            NpyArray result = run(opened, samples);
            NpyFiles.write(output, result);
            if (json()) {
                Map<String, @Nullable Object> map = Documents.run(model.name(), opened.info());
                map.put("output", output.toString());
                map.put("shape", Arrays.stream(result.shape()).boxed().toList());
                printJson(map);
            } else {
                err().println(output + ": " + Arrays.toString(result.shape()) + ", "
                        + RunOptions.describe(opened.info()));
            }
        }
        return QuantVoice.OK;
    }

    /** Runs the rows one by one. They are equally long, so none is padded and all have the same number of frames. */
    private static NpyArray run(AcousticModel model, NpyArray samples) {
        if (samples.shape().length == 1) {
            LogProbs one = model.run(samples.data());
            return new NpyArray(one.data(), one.frames(), one.vocabulary());
        }
        int batch = samples.shape()[0];
        float[] all = new float[0];
        LogProbs row = model.run(samples.row(0));
        int size = row.data().length;
        all = Arrays.copyOf(row.data(), Math.multiplyExact(size, batch));
        for (int b = 1; b < batch; b++) {
            System.arraycopy(model.run(samples.row(b)).data(), 0, all, b * size, size);
        }
        return new NpyArray(all, batch, row.frames(), row.vocabulary());
    }
}
