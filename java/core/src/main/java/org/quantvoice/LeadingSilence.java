package org.quantvoice;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.Resampler;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.longform.Silences;
import org.quantvoice.stream.StreamingModel;

/**
 * Silence in front of the first word. Models with caches that see all of a recording tell the first letter at their first frame,
 * however long the silence before it, and tell it again where it is said: with a second of silence in front, one word in ten is wrong.
 * So they get a quarter of a second of it, and the frames in front of that are blanks.
 */
final class LeadingSilence {
    /** With as much silence in front, the digits model with caches is as good as without. */
    private static final double KEPT_SECONDS = 0.25;
    /** What other models keep, which do not mind. */
    private static final double USUAL_SECONDS = 0.5;
    /** Shorter silence does no harm. */
    private static final double LEAST_SECONDS = 0.5;
    /** The lead is as much fainter than the loudest step: 20 dB. Fainter speech than that is heard with all that is around. */
    private static final double FAINTER = 100;

    private LeadingSilence() {}

    /** Seconds of silence in front of speech that a model gets. */
    static double keptBy(AcousticModel model) {
        return model instanceof StreamingModel ? KEPT_SECONDS : USUAL_SECONDS;
    }

    /**
     * What a model says of a short recording.
     *
     * @param model runs over all that it gets
     */
    static LogProbs heard(QuantSession session, ModelCard card, Function<Audio, LogProbs> model, Audio audio) {
        if (!session.streams()) {
            return model.apply(audio);
        }
        Audio resampled = Resampler.resample(audio, card.sampleRate());
        int frames = frames(resampled, session.longAudio().voiceActivity(), card);
        if (frames == 0) {
            return model.apply(audio);
        }
        float[] samples = resampled.samples();
        float[] rest = Arrays.copyOfRange(samples, frames * card.frameHop(), samples.length);
        LogProbs silence = Silences.rows(card.vocabulary(), frames, false);
        LogProbs heard = model.apply(new Audio(rest, resampled.sampleRate()));
        return LogProbs.concat(List.of(silence, heard), card.vocabulary().size());
    }

    /** Frames in front that the model need not see. */
    private static int frames(Audio audio, VoiceActivity activity, ModelCard card) {
        float[] samples = audio.samples();
        int onset = onset(audio, activity);
        double seconds = (double) onset / audio.sampleRate();
        if (onset >= samples.length || seconds < LEAST_SECONDS || !isFaint(samples, onset, audio.sampleRate())) {
            return 0;
        }
        int passed = (int) ((seconds - KEPT_SECONDS) * audio.sampleRate() / card.frameHop());
        return samples.length - passed * card.frameHop() < card.minSamples() ? 0 : passed;
    }

    /** The sample at which speech begins; the number of samples if there is none. */
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
