package org.quantvoice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.ModelFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv import}. */
@Command(
        name = "import",
        description = "Writes a model of another program as a .qv file, in the numbers that it has.",
        footer = {
            "",
            "MODEL: a folder of Hugging Face's transformers (config.json, model.safetensors, ...), a .nemo file,",
            "an ONNX file, or a TorchScript file. qv quantize makes an int8 file of a float one at once."
        },
        sortOptions = false)
final class ImportCommand extends Subcommand {
    @Parameters(paramLabel = "MODEL", description = "The folder or file.")
    private Path model = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT.qv",
            required = true,
            order = 1,
            description = "Where to write.")
    private Path output = Path.of("");

    @Option(
            names = "--vocabulary",
            paramLabel = "JSON",
            order = 2,
            description = "Token list of the model (default: that of the folder or file, or the one beside it).")
    private @Nullable Path vocabulary;

    @Option(
            names = "--language",
            paramLabel = "L",
            order = 3,
            description = "Language of a model of many: takes adapter.L.safetensors of the folder.")
    private @Nullable String language;

    @Option(
            names = "--frontend",
            paramLabel = "NAME[:KEY=VALUE,...]",
            order = 4,
            description = {
                "Front end of a model whose file names none: none, normalize (samples), kaldi, nemo, lasr, whisper (features).",
                "Settings: rate, bins, window, hop, fft, pre-emphasis, normalize, stack."
            })
    private @Nullable String frontEnd;

    @Option(
            names = "--no-verify",
            order = 5,
            description = "Do not compare the results with what the model's own runtime computes.")
    private boolean noVerify;

    @Override
    public Integer call() {
        if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".qv")) {
            throw usage("got the output " + output + "; expected a name that ends in .qv");
        }
        Path source = language == null ? model : model.resolve("adapter." + language + ".safetensors");
        boolean tokens = file(source).convertTo(output, !noVerify);
        if (json()) {
            printJson(document(tokens));
        } else {
            out().printf(
                            Locale.ROOT,
                            "%s: %.2f MB, %s%n",
                            output,
                            bytes() / 1e6,
                            tokens ? "with its tokens" : "without tokens: name them with --vocabulary for words");
        }
        return QuantVoice.OK;
    }

    private ModelFile file(Path source) {
        ModelFile file = ModelFile.of(source);
        file = vocabulary == null ? file : file.withVocabulary(vocabulary);
        return frontEnd == null ? file : file.withFrontEnd(frontEnd);
    }

    private Map<String, @Nullable Object> document(boolean tokens) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("model", model.toString());
        map.put("output", output.toString());
        map.put("bytes", bytes());
        map.put("tokens", tokens);
        return map;
    }

    private long bytes() {
        try {
            return Files.size(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
