package org.quantvoice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.stream.StreamOptions;

/**
 * Settings of a streaming model and the chunks for which it was trained, from the object {@code decoding} of {@code
 * tokens.json}.
 *
 * @param chunks smallest and largest chunk in encoder frames
 * @param leftChunks smallest and largest number of chunks to look back; unlimited history is always right
 * @param settings default settings of streams
 */
record StreamTraining(Range chunks, Range leftChunks, StreamSettings settings) {
    private static final String CHUNKS = "chunk_sizes_trained";
    private static final String LEFT_CHUNKS = "left_chunks_trained";
    private static final String CHUNK = "chunk";
    private static final String LEFT = "left_chunks";
    private static final String CTC_WEIGHT = "ctc_weight";
    private static final String REVERSE_WEIGHT = "reverse_weight";

    record Range(int least, int most) {
        /** Range for numbers that a token list leaves out. */
        static final Range ANY = new Range(0, Integer.MAX_VALUE);

        boolean covers(int value) {
            return value >= least && value <= most;
        }

        @Override
        public String toString() {
            return least + " to " + most;
        }
    }

    /** Returns the training of a model whose token list does not describe it. */
    static StreamTraining unknown() {
        return new StreamTraining(Range.ANY, Range.ANY, settings(StreamOptions.defaults()));
    }

    static StreamSettings settings(StreamOptions options) {
        return new StreamSettings(
                options.chunkFrames(), options.leftChunks(), options.ctcWeight(), options.reverseWeight());
    }

    /** Reads a card; the result is empty if the token list has no settings of chunks. */
    static Optional<StreamTraining> parse(JsonNode card) {
        return card.find("decoding")
                .filter(d -> d.keys().contains(CHUNKS) || d.keys().contains(CHUNK))
                .map(decoding ->
                        new StreamTraining(range(decoding, CHUNKS), range(decoding, LEFT_CHUNKS), settings(decoding)));
    }

    private static StreamSettings settings(JsonNode decoding) {
        StreamOptions usual = StreamOptions.defaults();
        return new StreamSettings(
                integer(decoding, CHUNK, usual.chunkFrames()),
                integer(decoding, LEFT, usual.leftChunks()),
                decoding.find(CTC_WEIGHT).map(JsonNode::number).orElse(usual.ctcWeight()),
                decoding.find(REVERSE_WEIGHT).map(JsonNode::number).orElse(usual.reverseWeight()));
    }

    private static int integer(JsonNode decoding, String key, int usual) {
        return decoding.find(key)
                .map(n -> (int) n.integer(-1, Integer.MAX_VALUE))
                .orElse(usual);
    }

    private static Range range(JsonNode decoding, String key) {
        return decoding.find(key)
                .map(node -> {
                    List<Integer> ends = node.items().stream()
                            .map(n -> (int) n.integer(0, Integer.MAX_VALUE))
                            .toList();
                    if (ends.size() != 2 || ends.get(0) > ends.get(1)) {
                        throw new ModelFormatException(key + " " + ends, "[least, most]", "correct the token list");
                    }
                    return new Range(ends.get(0), ends.get(1));
                })
                .orElse(Range.ANY);
    }

    /** Returns the same training with other settings of streams. */
    StreamTraining with(UnaryOperator<StreamSettings> change) {
        return new StreamTraining(chunks, leftChunks, change.apply(settings));
    }

    /** Returns the settings that the token list names. */
    StreamOptions options() {
        return StreamOptions.builder()
                .chunkFrames(settings.chunkFrames())
                .leftChunks(settings.leftChunks())
                .ctcWeight(settings.ctcWeight())
                .reverseWeight(settings.reverseWeight())
                .build();
    }

    /** Returns the text of a warning; empty if the model was trained for the options. */
    Optional<String> mismatch(StreamOptions options) {
        int chunk = options.chunkFrames();
        if (chunk != StreamOptions.WHOLE && !chunks.covers(chunk)) {
            return Optional.of("got chunks of " + chunk + " frames; expected " + chunks + ", as the model was trained");
        }
        int left = options.leftChunks();
        if (left != StreamOptions.UNLIMITED && !leftChunks.covers(left)) {
            return Optional.of(
                    "got " + left + " left chunks; expected " + leftChunks + " or all, as the model was trained");
        }
        return Optional.empty();
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        if (!chunks.equals(Range.ANY)) {
            map.put(CHUNKS, List.of(chunks.least(), chunks.most()));
        }
        if (!leftChunks.equals(Range.ANY)) {
            map.put(LEFT_CHUNKS, List.of(leftChunks.least(), leftChunks.most()));
        }
        map.put(CHUNK, settings.chunkFrames());
        map.put(LEFT, settings.leftChunks());
        map.put(CTC_WEIGHT, settings.ctcWeight());
        map.put(REVERSE_WEIGHT, settings.reverseWeight());
        return map;
    }
}
