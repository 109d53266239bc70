package org.quantvoice.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Transcript;
import org.quantvoice.cli.option.DecoderOptions;
import org.quantvoice.cli.option.LiveOptions;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.terminal.TerminalProgress;
import org.quantvoice.cli.terminal.TerminalRow;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.files.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qv transcribe}. */
@Command(
        name = "transcribe",
        description = "Prints the words of audio files (WAV or FLAC).",
        footer = {
            "",
            "Words go to standard output, a line about the run to standard error.",
            "A file that cannot be read is reported, the others are transcribed, and the exit code is 1."
        },
        sortOptions = false)
final class TranscribeCommand extends Subcommand {
    /** What results call the microphone. */
    private static final Path MICROPHONE = Path.of("microphone");

    enum Format {
        TEXT,
        JSON,
        SRT,
        VTT
    }

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Audio files; none with --live: the microphone.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "TEXT",
            order = 1,
            description = "text, json, srt or vtt (default: text).")
    private Format format = Format.TEXT;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            order = 2,
            description = "Write FILE.txt, .json, .srt or .vtt there instead of to standard output.")
    private @Nullable Path folder;

    @Option(
            names = "--nbest",
            paramLabel = "N",
            defaultValue = "1",
            converter = RunOptions.Positive.class,
            order = 3,
            description = "Readings of each file, best first (default: ${DEFAULT-VALUE}).")
    private int nbest;

    @Option(
            names = "--live",
            order = 4,
            description = "Recognise at the speed of speech, chunk by chunk; redraws partial results on a terminal.")
    private boolean live;

    @Mixin
    private LiveOptions liveOptions;

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
        if (files.isEmpty() && !live) {
            throw usage("got no file; expected at least one, or --live for the microphone");
        }
        boolean subtitles = format == Format.SRT || format == Format.VTT;
        if (subtitles && files.size() > 1 && folder == null) {
            throw usage("got " + files.size()
                    + " files for one output of subtitles; expected one file, or --output FOLDER");
        }
        liveOptions.check(live);
        if (live && nbest > 1) {
            throw usage("got --nbest " + nbest + " with --live; expected one reading of a stream");
        }
        try (DecoderOptions closedAtTheEnd = decoder) {
            return transcribe();
        }
    }

    private int transcribe() {
        // A chunk is too small to be shared by threads.
        QuantSessionBuilder builder = live ? run.builder(model.name(), 1) : run.builder(model.name());
        builder.progress(progress());
        quant.apply(builder);
        if (live) {
            decoder.applyLive(builder);
        } else {
            decoder.apply(builder, nbest);
        }
        TranscriptionRun result = new TranscriptionRun();
        try (QuantSession session = builder.build()) {
            for (Path file : files.isEmpty() ? List.of(MICROPHONE) : files) {
                one(session, file, result);
            }
            if (json() || format == Format.JSON && folder == null) {
                printJson(result.toMap(model.name(), session.info()));
            }
            if (result.audioSeconds() > 0) {
                err().println(result.describe(session.info()));
            }
        }
        return result.failures() > 0 ? QuantVoice.FAILED : QuantVoice.OK;
    }

    private void one(QuantSession session, Path file, TranscriptionRun result) {
        try {
            Transcript transcript = result.time(file, () -> recognise(session, file));
            if (folder != null) {
                write(folder, file, transcript);
            } else if (!json() && format != Format.JSON) {
                out().print(text(file, transcript));
                out().flush();
            }
        } catch (QuantVoiceException e) {
            result.failed(file, e);
            err().println("error: " + file + ": " + Failures.message(e, verbose()));
        }
    }

    private Transcript recognise(QuantSession session, Path file) {
        if (!live) {
            return session.transcribe(file);
        }
        boolean watched = System.console() != null && !json();
        TerminalRow row = watched ? new TerminalRow(err(), TerminalProgress.columns()) : null;
        LiveTranscription transcription = new LiveTranscription(session, liveOptions, err(), row);
        return files.isEmpty() ? transcription.microphone(System.in) : transcription.file(file);
    }

    private void write(Path target, Path audio, Transcript transcript) {
        String extension = format == Format.TEXT ? "txt" : format.name().toLowerCase(java.util.Locale.ROOT);
        Path path = target.resolve(audio.getFileName() + "." + extension);
        byte[] content = content(transcript).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(path, out -> out.write(content));
    }

    private String content(Transcript transcript) {
        return switch (format) {
            case TEXT -> lines(transcript);
            case JSON -> transcript.toJson() + "\n";
            case SRT -> transcript.toSrt();
            case VTT -> transcript.toVtt();
        };
    }

    /** The content, each line after the file's name if there are several files. */
    private String text(Path file, Transcript transcript) {
        String content = content(transcript);
        return files.size() > 1
                ? content.replaceAll("(?m)^(?!\\z)", java.util.regex.Matcher.quoteReplacement(file + ": "))
                : content;
    }

    private String lines(Transcript transcript) {
        if (nbest == 1) {
            return transcript.text() + "\n";
        }
        StringBuilder lines = new StringBuilder();
        transcript.alternatives().forEach(a -> lines.append(String.format("%.3f", a.score()))
                .append('\t')
                .append(a.text())
                .append('\n'));
        return lines.toString();
    }
}
