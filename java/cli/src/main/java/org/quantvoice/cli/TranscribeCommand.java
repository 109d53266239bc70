package org.quantvoice.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.LongAudio;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Transcript;
import org.quantvoice.cli.option.DecoderOptions;
import org.quantvoice.cli.option.LiveOptions;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.terminal.StopSignal;
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

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "Audio files, - for standard input; none with --live: the microphone.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "TEXT",
            order = 1,
            description = "text, json, jsonl (a segment a line), srt or vtt (default: text).")
    private TranscriptFormat format = TranscriptFormat.TEXT;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            order = 2,
            description = "Write FILE.txt, .json, .jsonl, .srt or .vtt there instead of to standard output.")
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

    @Option(
            names = "--resume",
            order = 57,
            description = "Go on where an earlier run with the same --output was ended.")
    private boolean resume;

    @Mixin
    private RecordingArguments recording;

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
        check();
        try (DecoderOptions closedAtTheEnd = decoder) {
            return transcribe();
        }
    }

    private void check() {
        if (format.isSubtitles() && files.size() > 1 && folder == null) {
            throw usage("got " + files.size()
                    + " files for one output of subtitles; expected one file, or --output FOLDER");
        }
        liveOptions.check(live);
        if (live && nbest > 1) {
            throw usage("got --nbest " + nbest + " with --live; expected one reading of a stream");
        }
        if (live && (resume || recording.isChosen() || files.contains(RecordingCommand.STANDARD_INPUT))) {
            throw usage("got options for recordings, or -, with --live; expected a file that is heard from its start");
        }
        if (json() && format == TranscriptFormat.JSONL) {
            throw usage("got --json with --format jsonl; expected one of them: a document, or a line a segment");
        }
        if (resume && (folder == null || nbest > 1)) {
            throw usage("got --resume; expected --output FOLDER, where the earlier run wrote, and one reading");
        }
    }

    private int transcribe() {
        // A chunk is too small to be shared by threads.
        QuantSessionBuilder builder = live ? run.builder(model.name(), 1) : run.builder(model.name());
        LongAudio longAudio = recording.longAudio();
        builder.progress(progress()).longAudio(longAudio);
        quant.apply(builder);
        if (live) {
            decoder.applyLive(builder);
        } else {
            decoder.apply(builder, nbest);
        }
        boolean document = json() || format == TranscriptFormat.JSON && folder == null;
        TranscriptionRun result = new TranscriptionRun(document);
        try (QuantSession session = builder.build();
                StopSignal stop = new StopSignal()) {
            TerminalRow row =
                    System.console() == null || json() ? null : new TerminalRow(err(), TerminalProgress.columns());
            RecordingCommand.Setting setting =
                    new RecordingCommand.Setting(session, recording, longAudio.wholeUpTo(), stop, row);
            for (Path file : files.isEmpty() ? List.of(MICROPHONE) : files) {
                stop.check("before " + file);
                one(setting, file, result);
            }
            if (document) {
                printJson(result.toMap(model.name(), session.info()));
            }
            if (result.audioSeconds() > 0) {
                err().println(result.describe(session.info()));
            }
        }
        return result.failures() > 0 ? QuantVoice.FAILED : QuantVoice.OK;
    }

    private void one(RecordingCommand.Setting setting, Path file, TranscriptionRun result) {
        try {
            if (live) {
                Transcript heard = result.time(file, () -> live(setting, file));
                write(file, new RecordingCommand.Result(heard, false, false, null));
            } else {
                recorded(setting, file, result);
            }
        } catch (QuantVoiceException e) {
            result.failed(file, e);
            err().println("error: " + file + ": " + Failures.message(e, verbose()));
        }
    }

    private Transcript live(RecordingCommand.Setting setting, Path file) {
        LiveTranscription transcription = new LiveTranscription(setting.session(), liveOptions, err(), setting.row());
        return files.isEmpty() ? transcription.microphone(System.in) : transcription.file(file);
    }

    private void recorded(RecordingCommand.Setting setting, Path file, TranscriptionRun result) {
        if (resume && Files.exists(target(file)) && !Files.exists(journal(file))) {
            err().println(file + ": done before");
            return;
        }
        boolean told = folder == null && !json() && nbest == 1;
        RecordingCommand command = new RecordingCommand(setting, told ? out() : null, format, named(file));
        try (Journal journal = folder == null ? null : Journal.open(journal(file), resume)) {
            RecordingCommand.Result[] heard = new RecordingCommand.Result[1];
            result.time(file, () -> {
                heard[0] = command.transcribe(file, journal);
                return heard[0].transcript();
            });
            write(file, heard[0]);
            if (heard[0].end() != null) {
                throw heard[0].end();
            }
            if (journal != null) {
                journal.done();
            }
        }
    }

    private void write(Path file, RecordingCommand.Result heard) {
        String content = format.of(named(file), heard.transcript(), nbest, heard.segmented());
        if (folder != null) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            AtomicFile.write(target(file), out -> out.write(bytes));
        } else if (!heard.told() && !json() && format != TranscriptFormat.JSON) {
            out().print(prefixed(file, content));
            out().flush();
        }
    }

    private Path target(Path file) {
        return java.util.Objects.requireNonNull(folder).resolve(name(file) + "." + format.extension());
    }

    private Path journal(Path file) {
        return java.util.Objects.requireNonNull(folder).resolve(name(file) + ".part.jsonl");
    }

    private static String name(Path file) {
        return file.equals(RecordingCommand.STANDARD_INPUT)
                ? "stdin"
                : file.getFileName().toString();
    }

    /** What lines are marked with: the file, if they may be of several. */
    private @Nullable Path named(Path file) {
        return files.size() > 1 && folder == null ? file : null;
    }

    private String prefixed(Path file, String content) {
        boolean marked = named(file) != null && format == TranscriptFormat.TEXT;
        return marked
                ? content.replaceAll("(?m)^(?!\\z)", java.util.regex.Matcher.quoteReplacement(file + ": "))
                : content;
    }
}
