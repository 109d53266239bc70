package org.quantvoice.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.RecordingOptions;
import org.quantvoice.Transcript;
import org.quantvoice.TranscriptListener;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.cli.terminal.StoppedException;
import org.quantvoice.cli.terminal.TerminalRow;
import org.quantvoice.decode.Word;
import org.quantvoice.error.OutputException;
import org.quantvoice.internal.text.WordText;

/**
 * Transcribes one recording of {@code qv transcribe}, writes its segments while it is read, and keeps them if it ends
 * early.
 */
final class RecordingCommand {
    static final Path STANDARD_INPUT = Path.of("-");

    /**
     * The settings that all recordings of a command share.
     *
     * @param row shows the progress; null if nobody watches
     */
    record Setting(QuantSession session, RecordingArguments arguments, StopSignal stop, @Nullable TerminalRow row) {

        /** Returns the same settings without the progress of single recordings. */
        Setting withoutProgress() {
            return new Setting(session, arguments, stop, null);
        }
    }

    /**
     * The result of a recording.
     *
     * @param told whether its segments were written to the output while it was transcribed
     * @param segmented whether it is long, so that each segment has a line of its own
     * @param end why it ended early; null if it was transcribed to its end
     */
    record Result(Transcript transcript, boolean told, boolean segmented, @Nullable RuntimeException end) {}

    private final Setting setting;
    private final @Nullable PrintWriter out;
    private final TranscriptFormat format;
    private final @Nullable Path named;
    private final List<Transcript.Segment> waiting = new ArrayList<>();
    private boolean isLong;

    /**
     * @param out takes segments while the recording is transcribed; null if nobody reads them before its end
     * @param named the file that lines are marked with; null for none
     */
    RecordingCommand(Setting setting, @Nullable PrintWriter out, TranscriptFormat format, @Nullable Path named) {
        this.setting = setting;
        this.out = format.isOfSegments() ? out : null;
        this.format = format;
        this.named = named;
    }

    Result transcribe(Path file, @Nullable Journal journal) {
        double begin = journal == null ? 0 : journal.begin();
        RecordingOptions options = setting.arguments().options(begin);
        AudioOptions reading = setting.arguments().audio();
        try (EarlyEnd stream = new EarlyEnd(open(file, reading), setting.stop(), reading.strict())) {
            RecordingProgress progress = new RecordingProgress(setting.row(), options.from(), end(stream, options));
            Transcript heard = setting.session().transcribe(stream, options, listener(journal, progress));
            progress.clear();
            Transcript all = journal == null ? heard : joined(journal.before(), heard, options.from());
            return new Result(all, out != null && isLong, isLong || begin > 0, end(stream, heard));
        }
    }

    private static AudioStream open(Path file, AudioOptions reading) {
        return file.equals(STANDARD_INPUT)
                ? AudioFiles.open(System.in, "standard input", reading)
                : AudioFiles.open(file, reading);
    }

    private static OptionalDouble end(AudioStream stream, RecordingOptions options) {
        if (stream.frames().isEmpty()) {
            return options.to() < Double.POSITIVE_INFINITY ? OptionalDouble.of(options.to()) : OptionalDouble.empty();
        }
        double length = (double) stream.frames().getAsLong() / stream.sampleRate();
        return OptionalDouble.of(Math.min(length, options.to()));
    }

    private static @Nullable RuntimeException end(EarlyEnd stream, Transcript heard) {
        if (stream.failure().isPresent()) {
            return stream.failure().get();
        }
        return stream.stopped()
                ? new StoppedException("at " + RecordingArguments.clock(stream.seconds()) + " of the recording")
                : null;
    }

    private TranscriptListener listener(@Nullable Journal journal, RecordingProgress progress) {
        return new TranscriptListener() {
            @Override
            public void segment(Transcript.Segment segment) {
                if (journal != null) {
                    journal.add(segment);
                }
                if (out != null) {
                    waiting.add(segment);
                }
            }

            @Override
            public void position(double seconds) {
                isLong |= seconds > setting.session().longAudio().wholeUpTo();
                if (isLong && !waiting.isEmpty()) {
                    progress.clear();
                    tell();
                }
                progress.position(seconds);
            }
        };
    }

    private void tell() {
        PrintWriter to = out;
        if (to == null) {
            return;
        }
        for (Transcript.Segment segment : waiting) {
            to.println(
                    format == TranscriptFormat.JSONL
                            ? TranscriptFormat.line(named, segment)
                            : (named == null ? "" : named + ": ") + TranscriptFormat.text(segment));
        }
        waiting.clear();
        if (to.checkError()) {
            throw new OutputException(
                    "an output that cannot be written",
                    "an open one with space left",
                    "check where standard output goes");
        }
    }

    /** Joins the segments of an earlier run and those of this one. */
    private static Transcript joined(List<Transcript.Segment> before, Transcript heard, double from) {
        if (before.isEmpty()) {
            return heard;
        }
        List<Transcript.Segment> all = new ArrayList<>(before);
        all.addAll(heard.segments());
        List<Word> words = all.stream().flatMap(s -> s.words().stream()).toList();
        String text = WordText.join(words.stream(), Word::text, Word::attached);
        double score = heard.alternatives().get(0).score();
        return new Transcript(
                List.of(new Transcript.Alternative(text, words, score)), from + heard.audioSeconds(), all);
    }
}
