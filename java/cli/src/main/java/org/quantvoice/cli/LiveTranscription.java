package org.quantvoice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.Microphone;
import org.quantvoice.audio.Resampler;
import org.quantvoice.cli.option.LiveOptions;
import org.quantvoice.cli.terminal.TerminalRow;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.TranscriptStream;

/** Recognises a microphone, or a file at the speed of speech, and redraws the words on a terminal. */
final class LiveTranscription {
    private static final int PIECES_A_SECOND = 10;

    private final QuantSession session;
    private final LiveOptions options;
    private final PrintWriter screen;
    private final @Nullable TerminalRow row;

    /**
     * @param screen the output of messages
     * @param row the row that shows partial results; null if the output is no terminal
     */
    LiveTranscription(QuantSession session, LiveOptions options, PrintWriter screen, @Nullable TerminalRow row) {
        this.session = session;
        this.options = options;
        this.screen = screen;
        this.row = row;
    }

    /** Transcribes a file in real time: a tenth of a second of it each tenth of a second. */
    Transcript file(Path file, AudioOptions reading) {
        Audio audio = Resampler.resample(AudioFiles.read(file, reading), session.sampleRate());
        List<StreamEvent.Final> finals = new ArrayList<>();
        try (TranscriptStream stream = open(finals)) {
            int piece = session.sampleRate() / PIECES_A_SECOND;
            long start = System.nanoTime();
            for (int at = 0; at < audio.samples().length; at += piece) {
                int end = Math.min(audio.samples().length, at + piece);
                sleepUntil(start + (long) (1e9 * end / session.sampleRate()));
                stream.accept(Arrays.copyOfRange(audio.samples(), at, end));
            }
            stream.finish();
        }
        return Transcript.ofUtterances(finals, audio.seconds());
    }

    private static void sleepUntil(long nanos) {
        try {
            Thread.sleep(Math.max(0, (nanos - System.nanoTime()) / 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AudioFormatException("an interrupt", "a recording that is heard to its end", "start again", e);
        }
    }

    /** Transcribes the microphone until a line or the end is read from {@code until}. */
    Transcript microphone(InputStream until) {
        List<StreamEvent.Final> finals = new ArrayList<>();
        long samples = 0;
        try (Microphone microphone = Microphone.open(session.sampleRate());
                TranscriptStream stream = open(finals)) {
            screen.println("listening; press Enter to end");
            Thread end = new Thread(() -> closeAfterLine(until, microphone), "enter");
            end.setDaemon(true);
            end.start();
            int piece = session.sampleRate() / PIECES_A_SECOND;
            for (float[] heard = microphone.read(piece); heard.length > 0; heard = microphone.read(piece)) {
                stream.accept(heard);
                samples += heard.length;
            }
            stream.finish();
        }
        return Transcript.ofUtterances(finals, (double) samples / session.sampleRate());
    }

    private static void closeAfterLine(InputStream until, Microphone microphone) {
        try {
            int read = until.read();
            while (read >= 0 && read != '\n') {
                read = until.read();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            microphone.close();
        }
    }

    private TranscriptStream open(List<StreamEvent.Final> finals) {
        TranscriptStream stream = options.open(session);
        stream.onEvent(event -> {
            if (event instanceof StreamEvent.Final last) {
                finals.add(last);
            }
            if (row != null) {
                draw(row, event);
            }
        });
        return stream;
    }

    private static void draw(TerminalRow row, StreamEvent event) {
        if (event instanceof StreamEvent.Final) {
            row.keep(event.text());
        } else {
            row.show(event.text());
        }
    }
}
