package org.quantvoice.internal.beam;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

/** Checks whether the words of a language model can be spelled with the tokens of an acoustic model at all. */
public final class LanguageModelFit {
    /** Number of words that are checked: in a model of another alphabet none of them fits. */
    private static final int MOST_WORDS = 20_000;

    private LanguageModelFit() {}

    /**
     * Returns a clause that says why the language model does not fit; empty if some word fits, or the model names no
     * words.
     */
    public static Optional<String> misfit(LmOptions lm, Vocabulary vocabulary) {
        return lm.unit() == LmUnit.TOKEN ? misfitOfTokens(lm.model(), vocabulary) : misfitOfWords(lm, vocabulary);
    }

    private static Optional<String> misfitOfTokens(LanguageModel model, Vocabulary vocabulary) {
        boolean known = IntStream.range(0, vocabulary.size())
                .filter(v -> v != vocabulary.blank() && !SpecialTokens.isSign(vocabulary.token(v)))
                .anyMatch(v -> model.wordId(vocabulary.token(v)) != LanguageModel.UNKNOWN);
        return known
                ? Optional.empty()
                : Optional.of("it knows none of the tokens, such as '" + vocabulary.token(vocabulary.size() - 1) + "'");
    }

    private static Optional<String> misfitOfWords(LmOptions lm, Vocabulary vocabulary) {
        Set<Integer> letters = letters(vocabulary);
        List<String> words = words(lm).toList();
        if (words.isEmpty() || anyFits(words, letters, UnaryOperator.identity())) {
            return Optional.empty();
        }
        boolean lower = anyFits(words, letters, w -> w.toLowerCase(Locale.ROOT));
        boolean upper = anyFits(words, letters, w -> w.toUpperCase(Locale.ROOT));
        String why = lower || upper
                ? "its words are in another case than the tokens; write them in " + (upper ? "upper" : "lower")
                        + " case"
                : "its words have other letters than the tokens";
        return Optional.of("none of its words can be spelled, such as '" + words.get(0) + "': " + why);
    }

    private static Stream<String> words(LmOptions lm) {
        LanguageModel model = lm.model();
        if (lm.unigrams() != null && !lm.unigrams().isEmpty()) {
            return lm.unigrams().stream().limit(MOST_WORDS);
        }
        return IntStream.range(0, model.hasSpellings() ? Math.min(model.size(), MOST_WORDS) : 0)
                .filter(id ->
                        id != LanguageModel.UNKNOWN && id != model.beginOfSentence() && id != model.endOfSentence())
                .mapToObj(model::word);
    }

    private static boolean anyFits(List<String> words, Set<Integer> letters, UnaryOperator<String> form) {
        return words.stream().anyMatch(w -> form.apply(w).codePoints().allMatch(letters::contains));
    }

    private static Set<Integer> letters(Vocabulary vocabulary) {
        Set<Integer> letters = new HashSet<>();
        for (int v = 0; v < vocabulary.size(); v++) {
            if (v != vocabulary.blank() && !vocabulary.isDelimiter(v) && !SpecialTokens.isSign(vocabulary.token(v))) {
                vocabulary.token(v).codePoints().forEach(letters::add);
            }
        }
        return letters;
    }
}
