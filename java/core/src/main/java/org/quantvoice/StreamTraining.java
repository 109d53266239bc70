package org.quantvoice;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.json.JsonNode;
import org.quantvoice.stream.StreamOptions;

/**
 * For which chunks a streaming model was trained: the object {@code decoding} of {@code tokens.json}.
 *
 * @param chunks smallest and largest chunk in encoder frames
 * @param leftChunks smallest and largest number of chunks to look back; unlimited history is always right
 * @param chunk encoder frames of a chunk unless the user says otherwise
 * @param left chunks to look back unless the user says otherwise; -1: all
 */
record StreamTraining(Range chunks, Range leftChunks, int chunk, int left) {

    record Range(int least, int most) {
        boolean covers(int value) {
            return value >= least && value <= most;
        }

        @Override
        public String toString() {
            return least + " to " + most;
        }
    }

    static Optional<StreamTraining> parse(JsonNode card) {
        return card.find("decoding").flatMap(decoding -> {
            Optional<Range> chunks = range(decoding, "chunk_sizes_trained");
            Optional<Range> left = range(decoding, "left_chunks_trained");
            return chunks.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new StreamTraining(
                            chunks.get(),
                            left.orElse(new Range(0, Integer.MAX_VALUE)),
                            number(
                                    decoding,
                                    "chunk",
                                    1,
                                    StreamOptions.defaults().chunkFrames()),
                            number(decoding, "left_chunks", -1, StreamOptions.UNLIMITED)));
        });
    }

    private static int number(JsonNode decoding, String key, int least, int usual) {
        return decoding.find(key)
                .map(n -> (int) n.integer(least, Integer.MAX_VALUE))
                .orElse(usual);
    }

    /** The settings that the token list names. */
    StreamOptions options() {
        return StreamOptions.builder().chunkFrames(chunk).leftChunks(left).build();
    }

    private static Optional<Range> range(JsonNode decoding, String key) {
        return decoding.find(key).map(node -> {
            List<Integer> ends = node.items().stream()
                    .map(n -> (int) n.integer(0, Integer.MAX_VALUE))
                    .toList();
            if (ends.size() != 2 || ends.get(0) > ends.get(1)) {
                throw new ModelFormatException(key + " " + ends, "[least, most]", "correct the token list");
            }
            return new Range(ends.get(0), ends.get(1));
        });
    }

    /** What to warn of; empty if the model was trained for this. */
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
        return Map.of(
                "chunk_sizes_trained",
                List.of(chunks.least(), chunks.most()),
                "left_chunks_trained",
                List.of(leftChunks.least(), leftChunks.most()),
                "chunk",
                chunk,
                "left_chunks",
                left);
    }
}
