package org.quantvoice.decode;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.error.DecoderException;

/**
 * Words and phrases that are more likely than the model estimates. Every occurrence of a phrase of weight w adds w to
 * the score; while a phrase is incomplete, a share of its weight is lent to the hypothesis, and taken back if the
 * phrase breaks off:
 * <pre>
 * pending(p) = w * length(p) / length(shortest phrase that begins with p)
 * </pre>
 * Phrases begin and end at word boundaries, and at any character of scripts that put no spaces between words
 * (Chinese, Japanese, Thai), whether the vocabulary has a word delimiter or not. Lengths are in characters. A phrase
 * of fewer than 6 characters of such scripts gets a sixth of its weight for each character, because a short phrase
 * occurs by chance more often: with the usual weight a character then gets about the weight that it has in decoders
 * that weigh each character (WeNet's context graph 3, sherpa-onnx 1.5).
 *
 * @param weights the phrases with their weights, natural logs
 */
public record Hotwords(Map<String, Double> weights) {
    /** Usual weight of a phrase. */
    public static final double DEFAULT_WEIGHT = 10;

    /** Number of characters of a script without spaces that weigh as much as a word. */
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

    /** Returns phrases that all have one weight. */
    public static Hotwords of(List<String> phrases, double weight) {
        Map<String, Double> weights = new LinkedHashMap<>();
        phrases.forEach(phrase -> weights.put(phrase, weight));
        return new Hotwords(weights);
    }

    public static Hotwords of(String... phrases) {
        return of(List.of(phrases), DEFAULT_WEIGHT);
    }

    /**
     * Returns the words of the phrases, each as a hotword, as pyctcdecode does; if a word occurs several times, its
     * last weight counts.
     */
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
