package org.quantvoice;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.Resampler;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.decode.Word;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.longform.Silences;

/**
 * Shortens the silence before the first word. Models with caches that see a whole recording emit the first letter at
 * their first frame, however long the silence before it, and emit it again where it is spoken: with a second of
 * silence before the speech, one word in ten is wrong. So they get only a quarter of a second of silence, and the
 * frames before it are set to blanks. No word begins before speech does.
 */
final class LeadingSilence {
    /**
     * Seconds of silence that models with caches get; with them the digits model is as accurate as without any
     * silence.
     */
    private static final double KEPT_SECONDS = 0.25;
    /** Seconds of silence that other models get, which silence does not harm. */
    private static final double USUAL_SECONDS = 0.5;
    /** Shortest silence in seconds that is shortened; shorter silence does no harm. */
    private static final double LEAST_SECONDS = 0.5;
    /**
     * Ratio of the energy of the loudest step to that of the lead, 20 dB. A fainter beginning counts as silence;
     * other beginnings are not removed.
     */
    private static final double FAINTER = 100;

    private LeadingSilence() {}

    /** Returns the seconds of silence before speech that a model gets. */
    static double keptBy(AcousticModel model) {
        return model instanceof StreamingModel ? KEPT_SECONDS : USUAL_SECONDS;
    }

    /**
     * Returns the alternatives of a short recording.
     *
     * @param model runs over the samples that it gets
     */
    static List<Transcript.Alternative> heard(
            QuantSession session,
            ModelCard card,
            Function<Audio, LogProbs> model,
            Transcriber transcriber,
            Audio audio) {
        Audio resampled = session.streams() ? Resampler.resample(audio, card.sampleRate()) : audio;
        int onset = session.streams() ? onset(resampled, session.longAudio().voiceActivity()) : 0;
        int frames = frames(resampled, onset, card);
        if (frames == 0) {
            return transcriber.transcribe(model.apply(audio), audio.seconds()).alternatives();
        }
        float[] samples = resampled.samples();
        float[] rest = Arrays.copyOfRange(samples, frames * card.frameHop(), samples.length);
        LogProbs silence = Silences.rows(card.vocabulary(), frames, false);
        LogProbs heard = model.apply(new Audio(rest, resampled.sampleRate()));
        LogProbs whole =
                LogProbs.concat(List.of(silence, heard), card.vocabulary().size());
        double begin = (double) onset / resampled.sampleRate();
        return transcriber.transcribe(whole, audio.seconds()).alternatives().stream()
                .map(reading -> notBefore(begin, reading))
                .toList();
    }

    /** Moves the start of words that end behind the onset of speech, and begin in front of it, to the onset. */
    private static Transcript.Alternative notBefore(double onset, Transcript.Alternative reading) {
        List<Word> words = reading.words().stream()
                .map(w -> w.start() < onset && w.end() > onset
                        ? new Word(w.text(), onset, w.end(), w.confidence(), w.attached(), w.channel())
                        : w)
                .toList();
        return new Transcript.Alternative(reading.text(), words, reading.score());
    }

    /** Returns the number of frames before speech that the model need not see. */
    private static int frames(Audio audio, int onset, ModelCard card) {
        float[] samples = audio.samples();
        double seconds = (double) onset / audio.sampleRate();
        if (onset >= samples.length || seconds < LEAST_SECONDS || !isFaint(samples, onset, audio.sampleRate())) {
            return 0;
        }
        int passed = (int) ((seconds - KEPT_SECONDS) * audio.sampleRate() / card.frameHop());
        return samples.length - passed * card.frameHop() < card.minSamples() ? 0 : passed;
    }

    /** Returns the sample at which speech begins; the number of samples if there is none. */
    private static int onset(Audio audio, VoiceActivity activity) {
        try (VoiceActivity.Detector detector = activity.begin(audio.sampleRate())) {
            float[] decided = detector.accept(audio.samples());
            float[] last = detector.finish();
            for (int i = 0; i < decided.length + last.length; i++) {
                if ((i < decided.length ? decided[i] : last[i - decided.length]) >= 0.5f) {
                    return Math.min(audio.samples().length, i * detector.step());
                }
            }
            return audio.samples().length;
        }
    }

    private static boolean isFaint(float[] samples, int onset, int rate) {
        int step = Math.max(1, rate / 50);
        double loudest = 0;
        for (int at = onset; at < samples.length; at += step) {
            loudest = Math.max(loudest, power(samples, at, Math.min(samples.length, at + step)));
        }
        return power(samples, 0, onset) * FAINTER < loudest;
    }

    private static double power(float[] samples, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) samples[i] * samples[i];
        }
        return sum / (to - from);
    }
}
