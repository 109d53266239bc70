package org.quantvoice.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quantvoice.LongAudio;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Transcript;
import org.quantvoice.cli.option.DecoderOptions;
import org.quantvoice.cli.option.LiveOptions;
import org.quantvoice.cli.option.LongAudioArguments;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.option.SubtitleArguments;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.cli.terminal.TerminalProgress;
import org.quantvoice.cli.terminal.TerminalRow;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.files.Folders;
import org.quantvoice.internal.tasks.OrderedTasks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv transcribe}. */
@Command(
        name = "transcribe",
        description = "Prints the words of recordings: WAV, FLAC, and what FFmpeg reads, videos too.",
        footer = {
            "",
            "Words go to standard output, a line about the run to standard error.",
            "A file that cannot be read is reported, the others are transcribed, and the exit code is 1."
        },
        sortOptions = false)
final class TranscribeCommand extends Subcommand {
    /** The name of the microphone in results. */
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
    private SubtitleArguments subtitles;

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

    private OutputNames names = new OutputNames(List.of());

    @Override
    public Integer call() {
        if (files.isEmpty() && !live) {
            throw usage("got no file; expected at least one, or --live for the microphone");
        }
        check();
        checkSubtitles();
        try (DecoderOptions closedAtTheEnd = decoder;
                LongAudioArguments windows = recording.windows()) {
            return transcribe(windows.longAudio());
        }
    }

    private void checkSubtitles() {
        if (subtitles.any() && !format.isSubtitles()) {
            throw usage(
                    "got options of subtitles with --format " + format + "; expected --format srt or vtt with them");
        }
        if (subtitles.onlyWebVtt() && format != TranscriptFormat.VTT) {
            throw usage("got --word-times with --format " + format
                    + "; expected --format vtt: SubRip has no times of words");
        }
        subtitles.options(); // refuses wrong options before the work begins
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
        if (live && files.isEmpty() && recording.isReadingChosen()) {
            throw usage("got --strict or --track with the microphone; expected a file with them");
        }
        if (json() && format == TranscriptFormat.JSONL) {
            throw usage("got --json with --format jsonl; expected one of them: a document, or a line a segment");
        }
        if (resume && (folder == null || nbest > 1)) {
            throw usage("got --resume; expected --output FOLDER, where the earlier run wrote, and one reading");
        }
    }

    private int transcribe(LongAudio longAudio) {
        // A live stream gets one thread, because a chunk is too small to be split among threads.
        QuantSessionBuilder builder = live ? run.builder(model.name(), 1) : run.builder(model.name());
        builder.progress(progress()).longAudio(longAudio);
        quant.apply(builder);
        if (live) {
            decoder.applyLive(builder);
        } else {
            decoder.apply(builder, nbest);
        }
        boolean document = json() || format == TranscriptFormat.JSON && folder == null;
        TranscriptionRun result = new TranscriptionRun(document);
        if (folder != null) {
            Folders.make(folder); // the folder is made before the work, which may take hours
        }
        names = new OutputNames(files);
        try (QuantSession session = builder.build();
                StopSignal stop = new StopSignal()) {
            TerminalRow row =
                    System.console() == null || json() ? null : new TerminalRow(err(), TerminalProgress.columns());
            RecordingCommand.Setting setting = new RecordingCommand.Setting(session, recording, stop, row);
            if (live || files.size() == 1) {
                for (Path file : files.isEmpty() ? List.of(MICROPHONE) : files) {
                    stop.check("before " + file);
                    one(setting, file, result);
                }
            } else {
                together(setting, session.info().threads(), result);
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
                boolean told = folder == null && !json() && nbest == 1;
                finish(heard(setting, file, told ? out() : null), result);
            }
        } catch (QuantVoiceException e) {
            failed(file, e, result);
        }
    }

    private void failed(Path file, QuantVoiceException e, TranscriptionRun result) {
        result.failed(file, e);
        err().println("error: " + file + ": " + Failures.message(e, verbose()));
    }

    /**
     * Transcribes many recordings in parallel, each on a core of its own, and writes their words in the order of the
     * files.
     */
    private void together(RecordingCommand.Setting setting, int threads, TranscriptionRun result) {
        RecordingCommand.Setting unseen = setting.withoutProgress();
        long start = System.nanoTime();
        int ended = 0;
        try (Stream<HeardFile> all = OrderedTasks.stream(files.iterator(), file -> attempt(unseen, file), threads)) {
            for (Iterator<HeardFile> each = all.iterator(); each.hasNext(); ) {
                tell(each.next(), setting.row(), result);
                ended++;
                if (setting.row() != null) {
                    setting.row().show(ended + " of " + files.size() + " files");
                }
                setting.stop().check("after " + ended + " of " + files.size() + " files");
            }
        } finally {
            if (setting.row() != null) {
                setting.row().show("");
            }
            result.took((System.nanoTime() - start) / 1e9);
        }
    }

    private void tell(HeardFile heard, @Nullable TerminalRow row, TranscriptionRun result) {
        if (row != null) {
            row.show("");
        }
        try {
            if (heard.error() != null) {
                throw heard.error();
            }
            finish(heard, result);
        } catch (QuantVoiceException e) {
            failed(heard.file(), e, result);
        }
    }

    private HeardFile attempt(RecordingCommand.Setting setting, Path file) {
        try {
            return heard(setting, file, null);
        } catch (QuantVoiceException e) {
            return new HeardFile(file, null, null, 0, e);
        }
    }

    /**
     * The result of a file before any of it is written.
     *
     * @param result null if the file was transcribed by an earlier run, or failed
     * @param journal is closed by the receiver of this record
     */
    private record HeardFile(
            Path file,
            RecordingCommand.@Nullable Result result,
            @Nullable Journal journal,
            double seconds,
            @Nullable QuantVoiceException error) {}

    private Transcript live(RecordingCommand.Setting setting, Path file) {
        LiveTranscription transcription = new LiveTranscription(setting.session(), liveOptions, err(), setting.row());
        return files.isEmpty() ? transcription.microphone(System.in) : transcription.file(file, recording.audio());
    }

    private HeardFile heard(RecordingCommand.Setting setting, Path file, @Nullable PrintWriter told) {
        if (resume && Files.exists(target(file)) && !Files.exists(journal(file))) {
            return new HeardFile(file, null, null, 0, null);
        }
        RecordingCommand command = new RecordingCommand(setting, told, format, named(file));
        Journal journal = folder == null ? null : Journal.open(journal(file), resume);
        try {
            long start = System.nanoTime();
            RecordingCommand.Result result = command.transcribe(file, journal);
            return new HeardFile(file, result, journal, (System.nanoTime() - start) / 1e9, null);
        } catch (RuntimeException | Error e) {
            if (journal != null) {
                journal.close();
            }
            throw e;
        }
    }

    /** Writes the transcript, and throws the reason if the recording ended early. */
    private void finish(HeardFile heard, TranscriptionRun run) {
        RecordingCommand.Result result = heard.result();
        if (result == null) {
            err().println(heard.file() + ": done before");
            return;
        }
        try (Journal journal = heard.journal()) {
            run.add(heard.file(), result.transcript(), heard.seconds());
            write(heard.file(), result);
            if (result.end() != null) {
                throw result.end();
            }
            if (journal != null) {
                journal.done();
            }
        }
    }

    private void write(Path file, RecordingCommand.Result heard) {
        String content = format.of(named(file), heard.transcript(), nbest, heard.segmented(), subtitles.options());
        if (folder != null) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            Folders.make(requireNonNull(target(file).toAbsolutePath().getParent()));
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

    private String name(Path file) {
        if (file.equals(RecordingCommand.STANDARD_INPUT)) {
            return "stdin";
        }
        return files.isEmpty() ? MICROPHONE.toString() : names.of(file).toString();
    }

    /** Returns the file that lines are marked with, or null if there is only one. */
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
