package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmState;

/** Scores of whole texts by the formulas, written as plainly as they are: sums over all labellings of a tiny matrix. */
final class TextOracle {
    private final Vocabulary vocabulary;

    TextOracle(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** log of the probability of each text, over all labellings that spell it. */
    Map<String, Double> texts(LogProbs input) {
        Map<String, Double> sums = new HashMap<>();
        BruteForce.labellings(input, vocabulary.blank())
                .forEach((y, p) -> sums.merge(text(y), p, (a, b) -> Math.log(Math.exp(a) + Math.exp(b))));
        return sums;
    }

    String text(List<Integer> labelling) {
        StringBuilder text = new StringBuilder();
        for (int token : labelling) {
            if (vocabulary.isDelimiter(token)) {
                text.append(' ');
            } else {
                text.append(vocabulary.token(token).replace('\u2581', vocabulary.wordPiece() ? ' ' : '\u2581'));
            }
        }
        return Arrays.stream(text.toString().split(" "))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
    }

    static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    /** alpha ln10 (log10 p + offset of unknown words) + beta for each word, and the end of the sentence. */
    static double language(String text, LmOptions lm) {
        LanguageModel model = lm.model();
        LmState state = new LmState();
        LmState next = new LmState();
        if (lm.scoreBoundary()) {
            model.beginState(state);
        } else {
            model.emptyState(state);
        }
        double factor = lm.alpha() * (lm.log10() ? 1 : Math.log(10));
        double score = 0;
        for (String word : words(text)) {
            int id = model.wordId(word);
            boolean listed = lm.unigrams() == null
                    || lm.unigrams().isEmpty()
                    || lm.unigrams().contains(word);
            boolean unknown = id == LanguageModel.UNKNOWN || !listed;
            double p = model.score(state, id, next);
            score += factor * (p + (unknown ? lm.unknownOffset() : 0)) + lm.beta();
            state.copyFrom(next);
        }
        return lm.scoreBoundary() ? score + factor * model.score(state, model.endOfSentence(), next) : score;
    }

    /** Weights of all places where a phrase stands as whole words. */
    static double hotwords(String text, Hotwords hotwords) {
        List<String> words = words(text);
        double score = 0;
        for (Map.Entry<String, Double> one : hotwords.weights().entrySet()) {
            List<String> phrase = new ArrayList<>(List.of(one.getKey().split(" ")));
            for (int i = 0; i + phrase.size() <= words.size(); i++) {
                score += words.subList(i, i + phrase.size()).equals(phrase) ? one.getValue() : 0;
            }
        }
        return score;
    }
}
