package org.quantvoice.internal.exec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.program.ChunkGraph;

/**
 * Times the parts of a streaming model: the last whole chunk of a recording, and a second pass over all of its
 * frames.
 */
public final class StreamingProfile {
    private static final int CHUNK = 16;
    private static final int LEFT = 4;
    private static final int HYPOTHESES = 10;
    /** Encoder frames for each token, about the rate at which people speak. */
    private static final int FRAMES_A_TOKEN = 5;

    private final StreamConstants constants;
    private final ChunkGraph chunks;
    private final int repeats;

    StreamingProfile(StreamConstants constants, ChunkGraph chunks, int repeats) {
        this.constants = constants;
        this.chunks = chunks;
        this.repeats = repeats;
    }

    /** @param features {@code [frames, bins]} */
    Map<String, PlanListing> of(float[] features, ChunkRunner encoder, GraphRunner ctc, AttentionDecoder decoder) {
        int bins = constants.melBins();
        int window = (CHUNK - 1) * constants.subsampling() + constants.rightContext() + 1;
        int shift = CHUNK * constants.subsampling();
        int count = features.length / bins < window ? 0 : (features.length / bins - window) / shift + 1;
        if (count == 0) {
            throw new AudioFormatException(
                    features.length / bins + " feature frames",
                    "at least " + window + ", a chunk",
                    "pass longer audio");
        }
        Map<String, PlanListing> listings = new LinkedHashMap<>();
        float[][] encoded = new float[count][];
        try (ChunkCaches caches = new ChunkCaches(chunks, (long) CHUNK * LEFT)) {
            for (int i = 0; i < count; i++) {
                int from = i * shift * bins;
                Chunk chunk = new Chunk(Arrays.copyOfRange(features, from, from + window * bins), window, caches);
                if (i == count - 1) {
                    listings.put("encoder", encoder.profile(chunk, repeats));
                }
                encoded[i] = encoder.run(List.of(chunk));
            }
        }
        listings.put("ctc", ctc.profile(repeats, CHUNK, encoded[0]));
        List<int[]> hypotheses = hypotheses(count * CHUNK / FRAMES_A_TOKEN);
        listings.put("decoder", decoder.profile(hypotheses, joined(encoded), count * CHUNK, repeats));
        return listings;
    }

    /** Returns hypotheses of a number of tokens; which tokens they have does not change the time. */
    private List<int[]> hypotheses(int tokens) {
        return IntStream.range(0, HYPOTHESES)
                .mapToObj(i -> IntStream.generate(constants::eos).limit(tokens).toArray())
                .toList();
    }

    private static float[] joined(float[][] parts) {
        float[] all = new float[parts.length * parts[0].length];
        for (int i = 0; i < parts.length; i++) {
            System.arraycopy(parts[i], 0, all, i * parts[i].length, parts[i].length);
        }
        return all;
    }
}
