package org.quantvoice;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.json.JsonException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;
import org.quantvoice.quant.StreamSettings;

/**
 * The content of a model's {@code tokens.json}: its tokens, and the positions of its frames on the audio.
 *
 * @param vocabulary the tokens
 * @param sampleRate hertz of the model's input
 * @param frameHop number of samples from one frame to the next
 * @param frameWindow number of samples on which one frame depends
 * @param minSamples number of samples of the shortest input
 * @param lengths lengths of recordings for which the model was trained, if they are known
 * @param training settings of streams and chunks for which the model was trained, if they are known
 */
record ModelCard(
        Vocabulary vocabulary,
        int sampleRate,
        int frameHop,
        int frameWindow,
        int minSamples,
        CardLengths lengths,
        Optional<StreamTraining> training) {
    private static final int MAX_BYTES = 16 << 20;
    private static final int MAX_RATE = 768_000;
    private static final int MAX_WINDOW = 1 << 24;
    private static final String WORD_START = "\u2581";
    private static final String CURE =
            "see docs/getting-started.md for the keys: tokens, blank, word_delimiter, sample_rate, frame_hop, frame_window";

    static ModelCard read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString());
        } catch (NoSuchFileException e) {
            throw new ModelFormatException("no token list at " + file, "a tokens.json", "check the path", e);
        } catch (IOException e) {
            throw new ModelFormatException(file + ", which cannot be read: " + e, "a tokens.json", "check the path", e);
        }
    }

    /**
     * Reads a card to the end of the stream; the caller closes it.
     *
     * @param source name of the card in messages
     */
    static ModelCard read(InputStream in, String source) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new ModelFormatException(source + " of more than " + MAX_BYTES + " bytes", "a token list", CURE);
        }
        return parse(bytes, source);
    }

    /**
     * Reads a card.
     *
     * @param source name of the card in messages
     */
    static ModelCard parse(byte[] json, String source) {
        try {
            if (UnitsList.looksLike(json)) {
                return UnitsList.parse(json);
            }
            JsonNode root = JsonReader.parse(json);
            return VocabularyFile.looksLike(root) ? VocabularyFile.parse(root) : parse(root);
        } catch (JsonException e) {
            throw new ModelFormatException(source + ": " + e.got(), e.expected(), CURE, e);
        } catch (QuantVoiceException e) {
            throw new ModelFormatException(source + ": " + e.got(), e.expected(), e.cure(), e);
        }
    }

    private static ModelCard parse(JsonNode root) {
        List<String> tokens =
                root.get("tokens").items().stream().map(JsonNode::string).toList();
        int blank = (int) root.get("blank").integer(0, Integer.MAX_VALUE);
        OptionalInt delimiter = root.find("word_delimiter").filter(d -> !d.isNull()).stream()
                .mapToInt(d -> indexOf(tokens, d.string()))
                .findFirst();
        boolean wordPiece = delimiter.isEmpty() && tokens.stream().anyMatch(t -> t.startsWith(WORD_START));
        int window = (int) root.get("frame_window").integer(1, MAX_WINDOW);
        int shortest = root.find("min_samples")
                .map(n -> (int) n.integer(1, MAX_WINDOW))
                .orElse(window);
        return new ModelCard(
                new Vocabulary(tokens, blank, delimiter, wordPiece),
                (int) root.get("sample_rate").integer(1, MAX_RATE),
                (int) root.get("frame_hop").integer(1, MAX_WINDOW),
                window,
                shortest,
                CardLengths.parse(root),
                StreamTraining.parse(root));
    }

    private static int indexOf(List<String> tokens, String delimiter) {
        int index = tokens.indexOf(delimiter);
        if (index < 0) {
            throw new ModelFormatException("word_delimiter '" + delimiter + "'", "one of the tokens", CURE);
        }
        return index;
    }

    /** Returns the card with other settings of streams. */
    ModelCard with(UnaryOperator<StreamSettings> change) {
        StreamTraining changed = training.orElseGet(StreamTraining::unknown).with(change);
        return new ModelCard(vocabulary, sampleRate, frameHop, frameWindow, minSamples, lengths, Optional.of(changed));
    }

    /** Returns the second at which a frame begins. */
    double seconds(int frame) {
        return (double) frame * frameHop / sampleRate;
    }

    String toJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("tokens", vocabulary.tokens());
        map.put("blank", vocabulary.blank());
        vocabulary.delimiter().ifPresent(d -> map.put("word_delimiter", vocabulary.token(d)));
        map.put("sample_rate", sampleRate);
        map.put("frame_hop", frameHop);
        map.put("frame_window", frameWindow);
        map.put("min_samples", minSamples);
        lengths.addTo(map);
        training.ifPresent(t -> map.put("decoding", t.toMap()));
        return JsonWriter.pretty(map) + "\n";
    }
}
