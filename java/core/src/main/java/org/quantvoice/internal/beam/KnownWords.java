package org.quantvoice.internal.beam;

import java.util.List;
import org.quantvoice.error.DecoderException;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;

/**
 * The words of a language model as a tree of characters, so that a word's number in the model is known with its last
 * character. Immutable.
 */
public final class KnownWords {
    private static final byte IN_MODEL = 1;
    private static final byte BEGINS = 2;
    private static final byte LISTED = 4;

    private final SymbolTree tree;
    private final int[] wordId;
    private final byte[] flags;
    private final boolean listMatters;

    public KnownWords(LmOptions options) {
        LanguageModel model = options.model();
        List<String> unigrams = options.unigrams();
        if (unigrams == null && !model.hasSpellings()) {
            throw new DecoderException(
                    "a language model file without spellings and no list of known words",
                    "one of both",
                    "pass the unigrams, or build the file with its vocabulary");
        }
        int spelled = model.hasSpellings() ? model.size() : 0;
        tree = new SymbolTree(4 * (spelled == 0 && unigrams != null ? unigrams.size() : spelled));
        for (int id = 0; id < spelled; id++) {
            tree.add(model.word(id));
        }
        if (unigrams != null) {
            unigrams.forEach(tree::add);
        }
        wordId = new int[tree.size()];
        flags = new byte[tree.size()];
        for (int id = 0; id < spelled; id++) {
            number(model.word(id), id);
            if (unigrams == null && isOrdinary(model, id)) {
                list(model.word(id));
            }
        }
        if (unigrams != null) {
            unigrams.forEach(this::list);
            unigrams.forEach(word -> number(word, model.wordId(word)));
        }
        listMatters = unigrams == null || !unigrams.isEmpty();
    }

    private void number(String word, int id) {
        if (id != LanguageModel.UNKNOWN) {
            int node = tree.walk(SymbolTree.ROOT, word);
            wordId[node] = id;
            flags[node] |= IN_MODEL;
        }
    }

    private static boolean isOrdinary(LanguageModel model, int id) {
        return id != LanguageModel.UNKNOWN && id != model.beginOfSentence() && id != model.endOfSentence();
    }

    private void list(String word) {
        int node = SymbolTree.ROOT;
        for (int i = 0; i < word.length(); i++) {
            node = tree.child(node, word.charAt(i));
            flags[node] |= BEGINS;
        }
        flags[node] |= LISTED;
    }

    public int walk(int from, String text) {
        return tree.walk(from, text);
    }

    /** Returns the model's number of the word that ends at a node. */
    public int wordId(int node) {
        return node == SymbolTree.OFF ? LanguageModel.UNKNOWN : wordId[node];
    }

    public boolean isUnknown(int node) {
        return node == SymbolTree.OFF || (flags[node] & IN_MODEL) == 0 || (listMatters && (flags[node] & LISTED) == 0);
    }

    /** Returns whether some known word begins with the characters up to a node. */
    public boolean begins(int node) {
        return node != SymbolTree.OFF && (flags[node] & BEGINS) != 0;
    }
}
