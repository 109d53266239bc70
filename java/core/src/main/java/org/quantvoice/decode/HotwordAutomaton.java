package org.quantvoice.decode;

import java.util.Arrays;
import java.util.Map;

/**
 * The phrases as an automaton over characters, with the links of Aho and Corasick ("Efficient string matching", 1975), but
 * for matches that begin at a word. States are nodes of the tree of phrases; {@link SymbolTree#ROOT} is a word boundary
 * with no match, {@link SymbolTree#OFF} the inside of a word with no match. Immutable.
 */
final class HotwordAutomaton {
    static final char BOUNDARY = ' ';

    private final SymbolTree tree;

    /** Where a match goes on when the phrase breaks off: the longest later beginning. */
    private final int[] fallback;

    /** Weights of all phrases that end here. */
    private final double[] found;

    private final double[] lent;
    private double mostLent;
    private double mostFound;

    HotwordAutomaton(Hotwords hotwords) {
        tree = new SymbolTree(64);
        hotwords.weights().keySet().forEach(tree::add);
        int size = tree.size();
        fallback = new int[size];
        found = new double[size];
        lent = new double[size];
        double[] shortest = new double[size];
        Arrays.fill(shortest, Double.POSITIVE_INFINITY);
        hotwords.weights().forEach((phrase, weight) -> lend(phrase, weight, shortest));
        for (Map.Entry<String, Double> one : hotwords.weights().entrySet()) {
            found[tree.walk(SymbolTree.ROOT, one.getKey())] = one.getValue();
        }
        link(hotwords);
        for (int node = 0; node < size; node++) {
            mostLent = Math.max(mostLent, lent[node]);
            mostFound = Math.max(mostFound, found[node]);
        }
    }

    /** Sets what each beginning of a phrase is worth; the shortest phrase with that beginning decides. */
    private void lend(String phrase, double weight, double[] shortest) {
        int length = phrase.codePointCount(0, phrase.length());
        int node = SymbolTree.ROOT;
        for (int i = 0; i < phrase.length(); i++) {
            node = tree.child(node, phrase.charAt(i));
            int said = phrase.codePointCount(0, i + 1);
            double share = weight * said / length;
            if (length < shortest[node] || (length == shortest[node] && share > lent[node])) {
                shortest[node] = length;
                lent[node] = share;
            }
        }
    }

    /** Sets the fallbacks, shorter beginnings first, as each needs that of the one before. */
    private void link(Hotwords hotwords) {
        boolean[] done = new boolean[tree.size()];
        int longest = hotwords.weights().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        for (int length = 1; length <= longest; length++) {
            for (String phrase : hotwords.weights().keySet()) {
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

    /** The state after a character. */
    int step(int state, char c) {
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

    /** Weights of the phrases that end with the word that ends here. */
    double found(int state) {
        return state > SymbolTree.ROOT ? found[state] : 0;
    }

    /** What is lent for the phrase under way. */
    double lent(int state) {
        return state > SymbolTree.ROOT ? lent[state] : 0;
    }

    double mostGain() {
        return mostLent + mostFound;
    }
}
