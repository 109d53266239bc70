package org.quantvoice.internal.archive;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.archive.PickleValue.Container;

/**
 * Computes how deep values are nested. libtorch walks them by recursion, so depth costs stack, a cycle never ends,
 * and a shared value is walked once for each path to it.
 */
final class PickleNesting {
    /**
     * Deepest nesting that is read: module trees of speech models are some ten deep, with an object and its state for
     * each module.
     */
    static final int DEEPEST = 256;

    static final long MOST_VALUES = 1L << 27;

    private final Part part;
    private final Map<Container, Subtree> known = new IdentityHashMap<>();

    private PickleNesting(Part part) {
        this.part = part;
    }

    /**
     * The size of what a container holds.
     *
     * @param depth of the nesting
     * @param values number of values that are walked, each counted as often as it is met; 0 while the container is
     *     being walked
     */
    private record Subtree(int depth, long values) {}

    /** A container that is being walked, and the position of the walk. */
    private static final class Walk {
        private final Container container;
        private int next;
        private int depth = 1;
        private long values = 1;

        Walk(Container container) {
            this.container = container;
        }

        void add(Subtree child) {
            depth = Math.max(depth, child.depth() + 1);
            values = Math.min(MOST_VALUES + 1, values + child.values());
        }
    }

    /** Refuses containers that are nested too deep, contain themselves, or unfold to too many values. */
    static void check(List<Container> containers, Part part) {
        PickleNesting nesting = new PickleNesting(part);
        for (Container container : containers) {
            if (!nesting.known.containsKey(container)) {
                nesting.walk(container);
            }
        }
    }

    private void walk(Container root) {
        Deque<Walk> open = new ArrayDeque<>();
        open.push(enter(root));
        while (!open.isEmpty()) {
            Walk walk = open.peek();
            Container child = nextContainer(walk);
            if (child == null) {
                open.pop();
                Subtree done = finish(walk);
                if (!open.isEmpty()) {
                    open.peek().add(done);
                }
                continue;
            }
            Subtree seen = known.get(child);
            if (open.size() > DEEPEST) {
                throw tooDeep();
            }
            if (seen == null) {
                open.push(enter(child));
            } else if (seen.values() == 0) {
                throw part.refused("a value that contains itself", "values without circles");
            } else {
                walk.add(seen);
            }
        }
    }

    private Walk enter(Container container) {
        known.put(container, new Subtree(0, 0));
        return new Walk(container);
    }

    private Subtree finish(Walk walk) {
        if (walk.depth > DEEPEST) {
            throw tooDeep();
        }
        if (walk.values > MOST_VALUES) {
            throw part.refused("shared values that unfold to more than " + MOST_VALUES, "fewer values");
        }
        Subtree done = new Subtree(walk.depth, walk.values);
        known.put(walk.container, done);
        return done;
    }

    private ModelFormatException tooDeep() {
        return part.refused(
                "values nested more than " + DEEPEST + " deep",
                "lists, dictionaries and modules less deep in each other");
    }

    private static @Nullable Container nextContainer(Walk walk) {
        while (walk.next < walk.container.items().size()) {
            PickleValue item = walk.container.items().get(walk.next++);
            walk.values++;
            if (item instanceof Container container) {
                return container;
            }
        }
        return null;
    }
}
