package org.quantvoice.examples;

import java.nio.file.Path;
import java.util.Arrays;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Microphone;
import org.quantvoice.audio.Resampler;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.TranscriptStream;

/**
 * Shows captions while somebody speaks: {@code LiveCaptions} listens to the microphone, {@code LiveCaptions FILE} reads
 * a recording.
 */
public final class LiveCaptions {
    private static final int PIECES_A_SECOND = 10;

    private LiveCaptions() {}

    public static void main(String[] args) {
        try (QuantSession session = QuantSession.builder().build();
                TranscriptStream stream = session.stream()) {
            stream.onEvent(LiveCaptions::show);
            if (args.length == 0) {
                hear(session.sampleRate(), stream);
            } else {
                play(Resampler.resample(AudioFiles.read(Path.of(args[0])), session.sampleRate()), stream);
            }
            stream.finish();
        }
    }

    /** Shows an event; words in parentheses may still change. */
    private static void show(StreamEvent event) {
        if (event instanceof StreamEvent.Final last) {
            System.out.printf("%6.2f %6.2f  %s%n", last.start(), last.end(), last.text());
        } else {
            System.out.println("               (" + event.text() + ")");
        }
    }

    /** Transcribes the microphone until the process ends. */
    private static void hear(int rate, TranscriptStream stream) {
        try (Microphone microphone = Microphone.open(rate)) {
            for (float[] heard = microphone.read(rate / PIECES_A_SECOND);
                    heard.length > 0;
                    heard = microphone.read(rate / PIECES_A_SECOND)) {
                stream.accept(heard);
            }
        }
    }

    /** Transcribes a recording as fast as it can be recognised. */
    private static void play(Audio audio, TranscriptStream stream) {
        int piece = audio.sampleRate() / PIECES_A_SECOND;
        for (int at = 0; at < audio.samples().length; at += piece) {
            stream.accept(Arrays.copyOfRange(audio.samples(), at, Math.min(audio.samples().length, at + piece)));
        }
    }
}
