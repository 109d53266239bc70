package org.quantvoice.internal.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the names that a misspelt one may have meant. */
public final class NearNames {
    private static final int HOW_MANY = 3;

    private NearNames() {}

    /**
     * Returns first the names that end with {@code wrong}, then those with the fewest edits (insertions, deletions,
     * substitutions).
     */
    public static List<String> of(String wrong, Collection<String> names) {
        return names.stream()
                .filter(name -> !name.isEmpty())
                .sorted(Comparator.<String>comparingInt(name -> name.endsWith("." + wrong) ? 0 : 1)
                        .thenComparingInt(name -> edits(wrong, name))
                        .thenComparing(name -> name))
                .limit(HOW_MANY)
                .toList();
    }

    /** Returns the Levenshtein distance of two texts. */
    public static int edits(String a, String b) {
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[b.length()];
    }
}
