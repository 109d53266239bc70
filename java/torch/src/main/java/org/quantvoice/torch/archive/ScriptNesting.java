package org.quantvoice.torch.archive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.quantvoice.internal.archive.Part;

/**
 * Finds how deep libtorch's compiler recurses for a program: through expressions and blocks, and from each definition
 * to those that it uses. The costs of definitions that use each other in a circle are added up.
 */
final class ScriptNesting {
    /**
     * The most stack that a program may need, in KiB: a tenth of what {@link DeepStack} gives, and four times what the
     * models at hand need.
     */
    private static final long MOST_COST = 6_000;
    /**
     * The most blocks that may be nested in each other. Blocks stay nested after functions are inlined, and later
     * passes of libtorch recurse through them on the caller's stack.
     */
    private static final long MOST_BLOCKS = 200;

    private final Map<String, Integer> indices = new HashMap<>();
    private final List<ScriptDefinition> definitions;
    private final int[] order;
    private final int[] low;
    private final long[] cost;
    private final long[] blocks;
    private final List<Integer> open = new ArrayList<>();
    private int next;

    private ScriptNesting(List<ScriptDefinition> definitions) {
        this.definitions = definitions;
        for (int i = 0; i < definitions.size(); i++) {
            indices.put(definitions.get(i).name(), i);
        }
        order = new int[definitions.size()];
        low = new int[definitions.size()];
        cost = new long[definitions.size()];
        blocks = new long[definitions.size()];
    }

    /** A definition whose uses are being followed. */
    private static final class Visit {
        private final int index;
        private final List<Integer> uses;
        private int next;

        Visit(int index, List<Integer> uses) {
            this.index = index;
            this.uses = uses;
        }
    }

    /** Refuses programs that are nested too deep, or that use a definition which the list lacks. */
    static void check(List<ScriptDefinition> definitions) {
        ScriptNesting nesting = new ScriptNesting(definitions);
        for (int i = 0; i < definitions.size(); i++) {
            if (nesting.order[i] == 0) {
                nesting.follow(i);
            }
        }
    }

    /** Finds strongly connected definitions by Tarjan's algorithm, with a stack of its own instead of recursion. */
    private void follow(int root) {
        List<Visit> visits = new ArrayList<>();
        visits.add(enter(root));
        while (!visits.isEmpty()) {
            Visit visit = visits.get(visits.size() - 1);
            if (visit.next == visit.uses.size()) {
                visits.remove(visits.size() - 1);
                leave(visit);
                continue;
            }
            int use = visit.uses.get(visit.next++);
            if (order[use] == 0) {
                visits.add(enter(use));
                visit.next--; // this use is visited again when its own order is known
            } else if (low[use] > 0) {
                low[visit.index] = Math.min(low[visit.index], low[use]);
            }
        }
    }

    private Visit enter(int index) {
        order[index] = ++next;
        low[index] = next;
        open.add(index);
        return new Visit(index, uses(definitions.get(index)));
    }

    private void leave(Visit visit) {
        if (low[visit.index] != order[visit.index]) {
            return;
        }
        List<Integer> circle = new ArrayList<>();
        int member;
        do {
            member = open.remove(open.size() - 1);
            circle.add(member);
        } while (member != visit.index);
        long ownCost = 0;
        long ownBlocks = 0;
        long deepest = 0;
        long deepestBlocks = 0;
        for (int each : circle) {
            ownCost += definitions.get(each).cost();
            ownBlocks += definitions.get(each).blocks();
            for (int use : uses(definitions.get(each))) {
                deepest = Math.max(deepest, cost[use]);
                deepestBlocks = Math.max(deepestBlocks, blocks[use]);
            }
        }
        for (int each : circle) {
            low[each] = 0; // done
            cost[each] = ownCost + deepest;
            blocks[each] = ownBlocks + deepestBlocks;
        }
        requireShallow(visit.index);
    }

    private void requireShallow(int index) {
        if (cost[index] > MOST_COST || blocks[index] > MOST_BLOCKS) {
            ScriptDefinition definition = definitions.get(index);
            throw definition
                    .part()
                    .refused(
                            String.format(
                                    Locale.ROOT,
                                    "code nested too deep in '%s' (%,d of %,d for expressions and calls, %,d of %,d for blocks)",
                                    Part.printable(definition.name()),
                                    cost[index],
                                    MOST_COST,
                                    blocks[index],
                                    MOST_BLOCKS),
                            "expressions, blocks, functions and modules less deep in each other");
        }
    }

    private List<Integer> uses(ScriptDefinition definition) {
        Set<Integer> found = definition.uses().stream()
                .filter(name -> !name.startsWith("__torch__.torch.classes."))
                .map(name -> index(definition, name))
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(java.util.TreeSet::new));
        return List.copyOf(found);
    }

    private Integer index(ScriptDefinition definition, String name) {
        for (String prefix = name; ; prefix = prefix.substring(0, prefix.lastIndexOf('.'))) {
            Integer index = indices.get(prefix);
            if (index != null) {
                return index;
            }
            if (prefix.lastIndexOf('.') < 0) {
                throw definition
                        .part()
                        .refused(
                                "the name " + Part.printable(name) + ", which is nothing",
                                "names of classes and functions in the file");
            }
        }
    }
}
