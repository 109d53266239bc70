package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.graph.Node;

/**
 * Selects elements along an axis at indices that planning knows. Indices that follow a pattern (reversed, repeated,
 * every other, sliding windows) become a view of the tensor; for others the elements are copied, run by run.
 */
final class IndexedViews {
    private static final int MOST_RUNS = 4096;

    private final Emission emission;

    IndexedViews(Emission emission) {
        this.emission = emission;
    }

    /** One loop of a pattern. */
    private record Loop(long count, long step) {}

    /** Returns a tensor whose element i of an axis is element {@code places[i]} of the given one. */
    Strided select(Node node, Strided x, int axis, long[] places) {
        for (long place : places) {
            if (place < 0 || place >= x.dims()[axis]) {
                throw new IllegalArgumentException(
                        "got element " + place + " of an axis of " + x.dims()[axis] + "; expected one inside");
            }
        }
        if (places.length == 0) {
            return x.slice(axis, 0, 0, 1);
        }
        List<Loop> loops = loops(places);
        boolean fits = !loops.isEmpty() && x.rank() - 1 + loops.size() <= Emission.MAX_RANK;
        return fits ? view(node, x, axis, places, loops) : copied(node, x, axis, places);
    }

    private Strided view(Node node, Strided x, int axis, long[] places, List<Loop> loops) {
        long[] dims = new long[x.rank() - 1 + loops.size()];
        long[] strides = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            int inner = i - axis;
            boolean loop = inner >= 0 && inner < loops.size();
            int own = i < axis ? i : i - loops.size() + 1;
            dims[i] = loop ? loops.get(inner).count() : x.dims()[own];
            strides[i] = loop ? loops.get(inner).step() * x.strides()[axis] : x.strides()[own];
        }
        Strided view = new Strided(x.buffer(), x.offset() + places[0] * x.strides()[axis], dims, strides);
        boolean forward = loops.stream().allMatch(l -> l.step() >= 0);
        Strided usable = forward ? view : emission.copy(view, node);
        long[] target = x.dims().clone();
        target[axis] = places.length;
        return usable.reshape(target)
                .orElseGet(() -> emission.copy(usable, node).reshape(target).orElseThrow());
    }

    /** Returns the places as nested loops, outermost first; empty if they follow no pattern. */
    private static List<Loop> loops(long[] places) {
        List<Loop> loops = new ArrayList<>();
        long[] rest = places;
        while (rest.length > 1 || loops.isEmpty()) {
            int count = run(rest, 0);
            long step = rest.length > 1 ? rest[1] - rest[0] : 0;
            if (rest.length % count != 0 || count == 1 && rest.length > 1 || !repeats(rest, count, step)) {
                return List.of();
            }
            loops.add(0, new Loop(count, step));
            long[] outer = new long[rest.length / count];
            for (int i = 0; i < outer.length; i++) {
                outer[i] = rest[i * count];
            }
            rest = outer;
        }
        return loops;
    }

    private static boolean repeats(long[] places, int count, long step) {
        for (int i = 0; i < places.length; i++) {
            if (i % count != 0 && places[i] - places[i - 1] != step) {
                return false;
            }
        }
        return true;
    }

    /** Returns the number of places from one on that are equally far apart. */
    private static int run(long[] places, int from) {
        int end = from + 1;
        while (end < places.length && places[end] - places[end - 1] == places[from + 1] - places[from]) {
            end++;
        }
        return end - from;
    }

    private Strided copied(Node node, Strided x, int axis, long[] places) {
        long[] dims = x.dims().clone();
        dims[axis] = places.length;
        Strided out = emission.fresh(dims);
        int runs = 0;
        for (int at = 0; at < places.length; ) {
            int count = run(places, at);
            if (++runs > MOST_RUNS) {
                throw Emission.unsupported(node, "places without a pattern, " + places.length + " of them");
            }
            long step = count > 1 ? places[at + 1] - places[at] : 0;
            emission.copy(x.slice(axis, places[at], count, step), out.slice(axis, at, count, 1), node);
            at += count;
        }
        return out;
    }
}
