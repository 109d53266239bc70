package org.quantvoice.decode;

import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.SymbolTree;

/**
 * Compares prefixes by text, for vocabularies in which different tokens can build the same text. Two prefixes are one
 * hypothesis if they have the same text and the same last token. Immutable.
 */
final class TextIdentity {
    private final WordSplitter splitter;
    private final boolean needed;

    TextIdentity(WordSplitter splitter, Vocabulary vocabulary, BeamOptions options) {
        this.splitter = splitter;
        needed = options.labelling() == Labelling.WORDS && isAmbiguous(vocabulary);
    }

    /** Returns false if no token is the beginning of another, because every text can then be read in one way only. */
    private static boolean isAmbiguous(Vocabulary vocabulary) {
        SymbolTree tree = new SymbolTree(4 * vocabulary.size());
        int[] ends = new int[vocabulary.size()];
        for (int v = 0; v < ends.length; v++) {
            ends[v] = v == vocabulary.blank() ? SymbolTree.OFF : tree.add(vocabulary.token(v));
        }
        boolean[] isEnd = new boolean[tree.size()];
        for (int end : ends) {
            if (end != SymbolTree.OFF) {
                isEnd[end] = true;
            }
        }
        for (int v = 0; v < ends.length; v++) {
            String token = vocabulary.token(v);
            int node = SymbolTree.ROOT;
            for (int i = 0; v != vocabulary.blank() && i < token.length() - 1; i++) {
                node = tree.child(node, token.charAt(i));
                if (isEnd[node]) {
                    return true;
                }
            }
        }
        return false;
    }

    boolean isNeeded() {
        return needed;
    }

    /** Updates the hash of the text of a way with a token. */
    void hash(Extension out, int way, int wordLengthBefore, int token) {
        long h = out.textHash[way];
        if (splitter.spaceBefore(token) && wordLengthBefore > 0) {
            h = fold(h, ' ');
        }
        String text = splitter.text(token);
        for (int i = 0; i < text.length(); i++) {
            h = fold(h, text.charAt(i));
        }
        if (splitter.spaceAfter(token) && !text.isEmpty()) {
            h = fold(h, ' ');
        }
        out.textHash[way] = h;
    }

    private static long fold(long h, char c) {
        return Prefixes.mix(h + c + 1);
    }

    boolean same(Prefixes prefixes, int row, int token, int other) {
        if (prefixes.token[other] != token) {
            return false;
        }
        return prefixes.parent[other] == row || text(prefixes, row, token).equals(text(prefixes, other, Prefixes.NONE));
    }

    /** Orders two rows by text, and rows of one text by their last token. */
    int compare(Prefixes prefixes, int rowA, int rowB) {
        if (rowA == rowB) {
            return 0;
        }
        int byText = text(prefixes, rowA, Prefixes.NONE).compareTo(text(prefixes, rowB, Prefixes.NONE));
        return byText != 0 ? byText : Integer.compare(prefixes.token[rowA], prefixes.token[rowB]);
    }

    /**
     * Returns the text of {@code row + token}, from the point where the tree begins; it ends in a space if the last
     * word is closed.
     */
    String text(Prefixes prefixes, int row, int token) {
        int count = token == Prefixes.NONE ? 0 : 1;
        for (int at = row; at != Prefixes.NONE; at = prefixes.parent[at]) {
            count++;
        }
        int[] tokens = new int[count];
        int k = count;
        if (token != Prefixes.NONE) {
            tokens[--k] = token;
        }
        for (int at = row; at != Prefixes.NONE; at = prefixes.parent[at]) {
            tokens[--k] = prefixes.token[at];
        }
        StringBuilder text = new StringBuilder();
        for (int one : tokens) {
            if (one != Prefixes.NONE) {
                append(text, one);
            }
        }
        return text.toString();
    }

    private void append(StringBuilder text, int token) {
        if (splitter.spaceBefore(token)) {
            close(text);
        }
        text.append(splitter.text(token));
        if (splitter.spaceAfter(token)) {
            close(text);
        }
    }

    private static void close(StringBuilder text) {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ' ') {
            text.append(' ');
        }
    }
}
