package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** Streams that end where speech does, without the silence that recordings have behind it. */
final class U2TailTest {
    private static final int RECORDINGS = 60;

    /** Cut where the signal falls below 1 % of its peak for good. */
    private static float[] spoken(float[] samples) {
        float peak = 0;
        for (float x : samples) {
            peak = Math.max(peak, Math.abs(x));
        }
        int end = samples.length;
        while (Math.abs(samples[end - 1]) < 0.01 * peak) {
            end--;
        }
        return Arrays.copyOf(samples, end);
    }

    @Test
    void theLastWordOfAStreamThatEndsWithSpeechIsWhole() {
        try (AcousticModel model = U2Fixture.openNative()) {
            List<String> wrong = new ArrayList<>();
            for (AudioCorpus.Item item : U2Fixture.test().limit(RECORDINGS).items()) {
                float[] samples = spoken(AudioFiles.read(item.file()).samples());
                StreamEvent.Final end = heard((StreamingModel) model, samples);
                String last = item.text().substring(item.text().lastIndexOf(' ') + 1);
                if (!end.text().endsWith(last)) {
                    wrong.add(item.id() + ": " + end.text() + " instead of " + item.text());
                }
                double seconds = (double) samples.length / U2Fixture.SAMPLE_RATE;
                assertThat(end.end()).as(item.id()).isLessThanOrEqualTo(seconds);
                assertThat(end.words()).as(item.id()).allSatisfy(w -> assertThat(w.end())
                        .isBetween(w.start(), seconds));
            }
            assertThat(wrong).isEmpty();
        }
    }

    private static StreamEvent.Final heard(StreamingModel model, float[] samples) {
        try (TranscriptStream stream = U2Fixture.stream(model, StreamOptions.defaults())) {
            stream.accept(samples);
            return stream.finish().orElseThrow();
        }
    }
}
