package org.quantvoice.internal.beam;

/** Trees in parallel arrays: the parent of each row, negative for a root's, and its depth. */
public final class Ancestry {
    private Ancestry() {}

    /** The deepest common ancestor of two rows, either of which may be it; negative if they share none. */
    static int common(int[] parent, int[] depth, int a, int b) {
        int x = a;
        int y = b;
        while (x != y) {
            if (x < 0 || y < 0) {
                return Prefixes.NONE;
            }
            if (depth[x] >= depth[y]) {
                x = parent[x];
            } else {
                y = parent[y];
            }
        }
        return x;
    }
}
