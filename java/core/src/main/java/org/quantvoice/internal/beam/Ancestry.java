package org.quantvoice.internal.beam;

/** Trees in parallel arrays: the parent of each row, negative for a root's, and its depth. */
public final class Ancestry {
    private Ancestry() {}

    /** Returns the deepest common ancestor of two rows, which may be one of them; negative if they have none. */
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
