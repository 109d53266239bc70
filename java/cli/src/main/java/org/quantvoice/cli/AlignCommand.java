package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.decode.Word;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv align}. */
@Command(
        name = "align",
        description = "Finds where the words of a known text lie in a recording.",
        footer = {"", "One line a word: start and end in seconds, the word, how sure the model is of it."},
        sortOptions = false)
final class AlignCommand extends Subcommand {
    @Parameters(paramLabel = "FILE", description = "A WAV or FLAC file.")
    private Path file = Path.of("");

    @Option(
            names = "--text",
            paramLabel = "WORDS",
            required = true,
            order = 1,
            description = "What is said, in the letters of the model.")
    private String text = "";

    @Mixin
    private ModelOption model;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() {
        try (QuantSession session = run.builder(model.name()).build()) {
            Transcript aligned = session.align(AudioFiles.read(file), text);
            if (json()) {
                Map<String, @Nullable Object> map = Documents.run(model.name(), session.info());
                map.put("file", file.toString());
                map.putAll(aligned.toMap());
                printJson(map);
            } else {
                for (Word word : aligned.words()) {
                    out().printf(
                                    Locale.ROOT,
                                    "%8.2f %8.2f  %s (%.2f)%n",
                                    word.start(),
                                    word.end(),
                                    word.text(),
                                    word.confidence());
                }
            }
        }
        return QuantVoice.OK;
    }
}
