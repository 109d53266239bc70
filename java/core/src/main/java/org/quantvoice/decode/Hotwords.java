package org.quantvoice.decode;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.error.DecoderException;

/**
 * Words and phrases that are more likely than the model thinks. Every occurrence of a phrase of weight w adds w to the
 * score; while a phrase is being said, the share of it that has been said is lent and taken back if it breaks off:
 * <pre>
 * pending(p) = w * length(p) / length(shortest phrase that begins with p)
 * </pre>
 * Phrases begin and end at word boundaries, and at any character of scripts that put no spaces between words (Chinese, Japanese,
 * Thai), whether the vocabulary has a word delimiter or not. Lengths are in characters. A phrase of fewer than 6 characters of
 * such scripts has that share of its weight, since so little fits in anywhere: with the customary weight a character then has
 * about what it has in decoders that weigh each (WeNet's context graph 3, sherpa-onnx 1.5).
 *
 * @param weights the phrases with their weights, natural logs
 */
public record Hotwords(Map<String, Double> weights) {
    /** The customary weight. */
    public static final double DEFAULT_WEIGHT = 10;

    /** Characters of a script without spaces that weigh as much as a word. */
    static final double CHARACTERS_OF_A_WORD = 6;

    public Hotwords {
        Map<String, Double> clean = new LinkedHashMap<>();
        for (Map.Entry<String, Double> one : weights.entrySet()) {
            String phrase = String.join(" ", one.getKey().trim().split("\\s+"));
            if (phrase.isEmpty()) {
                throw new DecoderException("an empty hotword", "a word or a phrase", "leave it out");
            }
            if (!Double.isFinite(one.getValue())) {
                throw new DecoderException(
                        "weight " + one.getValue() + " of hotword '" + phrase + "'",
                        "a finite number",
                        "use about " + DEFAULT_WEIGHT);
            }
            clean.put(phrase, one.getValue());
        }
        weights = Collections.unmodifiableMap(clean);
    }

    public static Hotwords none() {
        return new Hotwords(Map.of());
    }

    /** All with one weight. */
    public static Hotwords of(List<String> phrases, double weight) {
        Map<String, Double> weights = new LinkedHashMap<>();
        phrases.forEach(phrase -> weights.put(phrase, weight));
        return new Hotwords(weights);
    }

    public static Hotwords of(String... phrases) {
        return of(List.of(phrases), DEFAULT_WEIGHT);
    }

    /** The words of the phrases, each a hotword of its own, as pyctcdecode takes them; the last weight of a word counts. */
    public Hotwords splitIntoWords() {
        Map<String, Double> words = new LinkedHashMap<>();
        weights.forEach((phrase, weight) -> {
            for (String word : phrase.split(" ")) {
                words.put(word, weight);
            }
        });
        return new Hotwords(words);
    }

    public boolean isEmpty() {
        return weights.isEmpty();
    }
}
