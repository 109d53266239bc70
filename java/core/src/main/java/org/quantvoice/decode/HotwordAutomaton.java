package org.quantvoice.decode;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quantvoice.internal.beam.SymbolTree;
import org.quantvoice.internal.text.Scripts;

/**
 * An automaton over characters that finds hotword phrases, with the links of Aho and Corasick ("Efficient string
 * matching", 1975), restricted to matches that begin at a word. Every character of a script without spaces has a
 * boundary on both sides, in phrases and in the recognised text. States are nodes of the tree of phrases; {@link
 * SymbolTree#ROOT} is a word boundary with no match, {@link SymbolTree#OFF} the inside of a word with no match.
 * Immutable.
 */
final class HotwordAutomaton {
    static final char BOUNDARY = ' ';

    private final SymbolTree tree;

    /** Node from which matching continues when the phrase breaks off: the longest suffix that begins a phrase. */
    private final int[] fallback;

    /** Sum of the weights of all phrases that end at each node. */
    private final double[] found;

    private final double[] lent;

    /** True for nodes behind a boundary, where another boundary changes nothing. */
    private final boolean[] behindBoundary;

    private final Map<String, Double> phrases = new LinkedHashMap<>();
    private double mostLent;
    private double mostFound;

    HotwordAutomaton(Hotwords hotwords) {
        tree = new SymbolTree(64);
        hotwords.weights()
                .forEach((phrase, weight) -> phrases.merge(bounded(phrase), weight * share(phrase), Double::sum));
        phrases.keySet().forEach(tree::add);
        int size = tree.size();
        fallback = new int[size];
        found = new double[size];
        lent = new double[size];
        double[] shortest = new double[size];
        Arrays.fill(shortest, Double.POSITIVE_INFINITY);
        behindBoundary = new boolean[size];
        behindBoundary[SymbolTree.ROOT] = true;
        phrases.forEach((phrase, weight) -> lend(phrase, weight, shortest));
        for (Map.Entry<String, Double> one : phrases.entrySet()) {
            found[tree.walk(SymbolTree.ROOT, one.getKey())] = one.getValue();
        }
        link();
        for (int node = 0; node < size; node++) {
            mostLent = Math.max(mostLent, lent[node]);
            mostFound = Math.max(mostFound, found[node]);
        }
    }

    /**
     * Returns the share of its weight that a phrase gets: a character of a script without spaces counts as a sixth of
     * a word.
     */
    private static double share(String phrase) {
        double words = 0;
        boolean inWord = false;
        for (int c : phrase.codePoints().toArray()) {
            boolean alone = Scripts.unspaced(c);
            boolean letter = !alone && c != BOUNDARY;
            words += alone ? 1 / Hotwords.CHARACTERS_OF_A_WORD : letter && !inWord ? 1 : 0;
            inWord = letter;
        }
        return Math.min(1, words);
    }

    /** Returns a phrase with boundaries around its characters of scripts without spaces. */
    private static String bounded(String phrase) {
        StringBuilder text = new StringBuilder();
        phrase.codePoints().forEach(c -> {
            boolean alone = Scripts.unspaced(c);
            text.append(alone ? " " : "").appendCodePoint(c).append(alone ? " " : "");
        });
        return String.join(" ", text.toString().trim().split(" +"));
    }

    /**
     * Returns the number of characters of a bounded phrase; implied boundaries of scripts without spaces do not
     * count.
     */
    private static int length(String phrase, int end) {
        int length = 0;
        for (int i = 0; i < end; i += Character.charCount(phrase.codePointAt(i))) {
            boolean implied = phrase.charAt(i) == BOUNDARY
                    && (Scripts.unspaced(phrase.codePointBefore(i)) || Scripts.unspaced(phrase.codePointAt(i + 1)));
            length += implied ? 0 : 1;
        }
        return length;
    }

    /** Sets the score lent for each beginning of a phrase; the shortest phrase with that beginning decides. */
    private void lend(String phrase, double weight, double[] shortest) {
        int length = length(phrase, phrase.length());
        int node = SymbolTree.ROOT;
        for (int i = 0; i < phrase.length(); i++) {
            node = tree.child(node, phrase.charAt(i));
            behindBoundary[node] = phrase.charAt(i) == BOUNDARY;
            int said = length(phrase, i + 1);
            double share = weight * said / length;
            if (length < shortest[node] || (length == shortest[node] && share > lent[node])) {
                shortest[node] = length;
                lent[node] = share;
            }
        }
    }

    /**
     * Sets the fallbacks of shorter beginnings first, because each longer one needs the fallback of the one before.
     */
    private void link() {
        boolean[] done = new boolean[tree.size()];
        int longest = phrases.keySet().stream().mapToInt(String::length).max().orElse(0);
        for (int length = 1; length <= longest; length++) {
            for (String phrase : phrases.keySet()) {
                if (phrase.length() >= length) {
                    int before = tree.walk(SymbolTree.ROOT, phrase.substring(0, length - 1));
                    int node = tree.child(before, phrase.charAt(length - 1));
                    if (!done[node]) {
                        done[node] = true;
                        linkNode(before, node, phrase.charAt(length - 1));
                    }
                }
            }
        }
    }

    private void linkNode(int before, int node, char last) {
        fallback[node] = before == SymbolTree.ROOT ? SymbolTree.OFF : step(fallback[before], last);
        if (fallback[node] > SymbolTree.ROOT) {
            found[node] += found[fallback[node]];
        }
    }

    /** Returns the state after a character. */
    int step(int state, char c) {
        if (c == BOUNDARY && state >= SymbolTree.ROOT && behindBoundary[state]) {
            return state;
        }
        int at = state;
        while (at > SymbolTree.ROOT) {
            int child = tree.child(at, c);
            if (child != SymbolTree.OFF) {
                return child;
            }
            at = fallback[at];
        }
        if (at == SymbolTree.OFF) {
            return c == BOUNDARY ? SymbolTree.ROOT : SymbolTree.OFF;
        }
        return c == BOUNDARY ? SymbolTree.ROOT : tree.child(SymbolTree.ROOT, c);
    }

    /** Returns the sum of the weights of the phrases that end with the word that ends here. */
    double found(int state) {
        return state > SymbolTree.ROOT ? found[state] : 0;
    }

    /** Returns the score lent for the phrase that has begun. */
    double lent(int state) {
        return state > SymbolTree.ROOT ? lent[state] : 0;
    }

    /** Returns the largest score that can be gained at once if {@code words} words end. */
    double mostGain(int words) {
        return mostLent + words * mostFound;
    }
}
