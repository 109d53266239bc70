package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Lexicon.Smearing;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.LogMath;
import org.quantvoice.internal.beam.SymbolTree;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmState;

/** A lexicon for one vocabulary: a tree of tokens, with the words that end at each node. Immutable. */
final class LexiconTree {
    private final Lexicon options;
    private final SymbolTree tree = new SymbolTree(1024);
    private final String[] words;
    private final int[][] labels;
    private final boolean[] inner;
    private final double[] smear;
    private final int[] lmWord;
    private final boolean severalSpellings;

    LexiconTree(Lexicon options, Vocabulary vocabulary, @Nullable LmOptions lm) {
        this.options = options;
        Map<String, Integer> numbers = new LinkedHashMap<>();
        List<int[]> spellings = new ArrayList<>();
        List<Integer> labelOf = new ArrayList<>();
        for (Lexicon.Entry entry : options.entries()) {
            spellings.add(Lexicon.spell(entry, vocabulary));
            labelOf.add(numbers.computeIfAbsent(entry.word(), word -> numbers.size()));
        }
        words = numbers.keySet().toArray(new String[0]);
        lmWord = lm == null ? new int[0] : wordIds(lm.model());
        int[] ends = new int[spellings.size()];
        for (int i = 0; i < ends.length; i++) {
            for (int token : spellings.get(i)) {
                ends[i] = tree.childOrNew(ends[i], token);
            }
        }
        labels = new int[tree.size()][0];
        inner = new boolean[tree.size()];
        smear = new double[tree.size()];
        Arrays.fill(smear, Double.NEGATIVE_INFINITY);
        int distinct = 0;
        for (int i = 0; i < ends.length; i++) {
            distinct += addLabel(ends[i], labelOf.get(i)) ? 1 : 0;
        }
        severalSpellings = distinct > words.length;
        double[] scores = firstWordScores(lm);
        for (int i = 0; i < ends.length; i++) {
            smearAlong(spellings.get(i), scores[labelOf.get(i)]);
        }
    }

    private int[] wordIds(LanguageModel model) {
        int[] ids = new int[words.length];
        for (int w = 0; w < ids.length; w++) {
            ids[w] = model.wordId(words[w]);
        }
        return ids;
    }

    private boolean addLabel(int node, int label) {
        for (int known : labels[node]) {
            if (known == label) {
                return false;
            }
        }
        labels[node] = Arrays.copyOf(labels[node], labels[node].length + 1);
        labels[node][labels[node].length - 1] = label;
        return true;
    }

    /** Returns the log10 score of each word at the beginning of a sentence. */
    private double[] firstWordScores(@Nullable LmOptions lm) {
        double[] scores = new double[words.length];
        if (lm == null || options.smearing() == Smearing.NONE) {
            return scores;
        }
        LmState begin = new LmState();
        LmState after = new LmState();
        if (lm.scoreBoundary()) {
            lm.model().beginState(begin);
        } else {
            lm.model().emptyState(begin);
        }
        for (int w = 0; w < words.length; w++) {
            scores[w] = lm.model().score(begin, lmWord[w], after);
        }
        return scores;
    }

    private void smearAlong(int[] spelling, double score) {
        int node = SymbolTree.ROOT;
        for (int i = 0; i < spelling.length; i++) {
            node = tree.child(node, spelling[i]);
            inner[node] |= i < spelling.length - 1;
            smear[node] = options.smearing() == Smearing.LOGADD
                    ? LogMath.add(smear[node] * LogMath.LN10, score * LogMath.LN10) / LogMath.LN10
                    : Math.max(smear[node], score);
        }
    }

    Lexicon options() {
        return options;
    }

    /** Returns the largest number of words of scripts without spaces that one word of the lexicon ends. */
    int mostWords() {
        int most = 1;
        for (String word : words) {
            most = Math.max(most, WordSplitter.mostWords(word));
        }
        return most;
    }

    boolean severalSpellings() {
        return severalSpellings;
    }

    int child(int node, int token) {
        return tree.child(node, token);
    }

    /** Returns whether some spelling goes on after a node. */
    boolean goesOn(int node) {
        return inner[node];
    }

    int[] labels(int node) {
        return labels[node];
    }

    /** Returns the log10 score that stands for the words that can be reached from a node. */
    double smear(int node) {
        return node == SymbolTree.ROOT ? 0 : smear[node];
    }

    /** Returns the label of all words that are not in the lexicon. */
    int unknownLabel() {
        return words.length;
    }

    int lmWord(int label) {
        return label == words.length ? LanguageModel.UNKNOWN : lmWord[label];
    }

    String word(int label) {
        return label == words.length ? Lexicon.UNKNOWN_WORD : words[label];
    }
}
