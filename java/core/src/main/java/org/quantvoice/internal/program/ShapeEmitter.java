package org.quantvoice.internal.program;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/** Writes steps that move or repeat elements; most of these operators only change the view of a buffer. */
public final class ShapeEmitter {
    private final Emission emission;
    private final IndexedViews views;
    /** Paddings of what was written into their results. */
    private final Set<Node> inPlace = Collections.newSetFromMap(new IdentityHashMap<>());

    ShapeEmitter(Emission emission) {
        this.emission = emission;
        this.views = new IndexedViews(emission);
    }

    void emit(Node node) {
        switch (node.op()) {
            case TRANSPOSE -> transpose(node);
            case RESHAPE -> reshape(node);
            case SLICE -> slice(node);
            case EXPAND -> expand(node);
            case CONCAT -> concat(node);
            case PAD -> pad(node);
            case ARANGE -> arange(node);
            case FILL -> fill(node);
            case EMBEDDING -> embedding(node);
            case INDEX_SELECT -> indexSelect(node);
            default -> throw Emission.unsupported(node, "these inputs");
        }
    }

    private void transpose(Node node) {
        emission.set(
                node.output(),
                emission.tensor(node.input(0)).transpose(node.attributes().ints("order")));
    }

    private void reshape(Node node) {
        Strided x = emission.tensor(node.input(0));
        long[] target = emission.shape(node.output());
        emission.set(node.output(), x.reshape(target).orElseGet(() -> emission.copy(x, node)
                .reshape(target)
                .orElseThrow()));
    }

    private void slice(Node node) {
        int axis = node.attributes().integer("axis");
        long start = node.attributes().dim("start").evaluate(emission.sizes);
        int step = node.attributes().integer("step");
        long size = emission.shape(node.output())[axis];
        long whole = emission.shape(node.input(0))[axis];
        if (start < 0 || size > 0 && start + (size - 1) * step >= whole) {
            throw new ModelFormatException(
                    "elements " + start + " to " + (start + (size - 1) * step) + " of " + whole + " at " + node.path(),
                    "an input that the model's tables cover",
                    "pass a shorter one");
        }
        emission.set(node.output(), emission.tensor(node.input(0)).slice(axis, start, size, step));
    }

    private void expand(Node node) {
        emission.set(node.output(), emission.tensor(node.input(0)).expand(emission.shape(node.output())));
    }

    private void concat(Node node) {
        int axis = node.attributes().integer("axis");
        Strided out = emission.fresh(emission.shape(node.output()));
        long at = 0;
        for (Value input : node.inputs()) {
            Strided part = emission.tensor(input);
            long size = part.dims()[axis];
            Strided place = out.slice(axis, at, size, 1);
            if (part.size() > 0) {
                emission.copy(part.expand(place.dims()), place, node);
            }
            at += size;
        }
        emission.set(node.output(), out);
    }

    void pad(Node node) {
        if (inPlace.contains(node)) {
            return;
        }
        if (!isConstant(node)) {
            emission.set(node.output(), mirrored(node));
            return;
        }
        Strided source = emission.tensor(node.input(0));
        for (int axis = 0; axis < source.rank(); axis++) {
            long cutBefore = Math.max(0, -pads(node, axis, 0));
            long cutAfter = Math.max(0, -pads(node, axis, 1));
            source = source.slice(axis, cutBefore, source.dims()[axis] - cutBefore - cutAfter, 1);
        }
        emission.copy(source, padded(node), node);
    }

    /**
     * Returns the place where a product can write its result so that nothing is left to do of the padding that is its
     * only user, as in the relative shift of attention.
     */
    Optional<Strided> insideOfPadding(Node product) {
        Optional<Node> pad = emission.fusion
                .onlyUser(product.output())
                .filter(user -> user.op() == Op.PAD && isConstant(user) && !emission.fusion.isSkipped(user));
        boolean grows = pad.isPresent()
                && IntStream.range(0, product.output().shape().rank())
                        .allMatch(axis -> pads(pad.get(), axis, 0) >= 0 && pads(pad.get(), axis, 1) >= 0);
        if (!grows) {
            return Optional.empty();
        }
        inPlace.add(pad.get());
        return Optional.of(padded(pad.get()));
    }

    private static boolean isConstant(Node pad) {
        return pad.attributes().text("mode").equals("constant");
    }

    private long pads(Node node, int axis, int side) {
        return node.attributes().dims("pads").get(2 * axis + side).evaluate(emission.sizes);
    }

    /** Makes the result of a padding and fills its borders; returns what is inside of them. */
    private Strided padded(Node node) {
        Strided out = emission.fresh(emission.shape(node.output()));
        emission.set(node.output(), out);
        double value = node.attributes().number("value", emission.sizes);
        Strided inside = out;
        for (int axis = 0; axis < out.rank(); axis++) {
            long before = Math.max(0, pads(node, axis, 0));
            long after = Math.max(0, pads(node, axis, 1));
            long size = out.dims()[axis] - before - after;
            fill(out.slice(axis, 0, before, 1), value, node);
            fill(out.slice(axis, before + size, after, 1), value, node);
            inside = inside.slice(axis, before, size, 1);
        }
        return inside;
    }

    private void fill(Strided border, double value, Node node) {
        if (border.size() > 0) {
            emission.fill(border, value, node);
        }
    }

    /** Returns the tensor padded with its own elements: reflected, or with the last one repeated. */
    private Strided mirrored(Node node) {
        boolean reflects = node.attributes().text("mode").equals("reflect");
        Strided result = emission.tensor(node.input(0));
        for (int axis = 0; axis < result.rank(); axis++) {
            long before = node.attributes().dims("pads").get(2 * axis).evaluate(emission.sizes);
            long after = node.attributes().dims("pads").get(2 * axis + 1).evaluate(emission.sizes);
            long last = result.dims()[axis] - 1;
            if (before == 0 && after == 0) {
                continue;
            }
            long[] places = new long[Math.toIntExact(before + last + 1 + after)];
            for (int i = 0; i < places.length; i++) {
                long at = i - before;
                long inside = Math.max(0, Math.min(last, at));
                places[i] = reflects ? 2 * inside - at : inside;
            }
            result = views.select(node, result, axis, places);
        }
        return result;
    }

    /**
     * Selects rows of a computed tensor at indices that planning knows. At indices that are computed, rows can be
     * read from constant tables only.
     */
    private void indexSelect(Node node) {
        int axis = node.attributes().integer("axis");
        Optional<long[]> places = emission.knownIntegers(node.input(1));
        if (places.isPresent()) {
            emission.set(node.output(), views.select(node, emission.tensor(node.input(0)), axis, places.get()));
        } else if (axis == 0
                && node.input(0).shape().rank() == 2
                && emission.graph.constant(node.input(0)).isPresent()) {
            embedding(node);
        } else {
            throw Emission.unsupported(node, "places that only the run knows");
        }
    }

    /** Writes a ramp as a constant, since it depends on sizes alone. */
    private void arange(Node node) {
        long start = node.attributes().dim("start").evaluate(emission.sizes);
        int step = node.attributes().integer("step");
        long[] dims = emission.shape(node.output());
        float[] values = new float[Math.toIntExact(dims[0])];
        for (int i = 0; i < values.length; i++) {
            values[i] = start + (long) i * step;
        }
        emission.set(node.output(), Strided.dense(Buffer.constant(values), dims));
    }

    private void fill(Node node) {
        double value = node.attributes().number("value", emission.sizes);
        long[] dims = emission.shape(node.output());
        long[] ones = new long[dims.length];
        java.util.Arrays.fill(ones, 1);
        Strided one = Strided.dense(Buffer.constant(new float[] {(float) value}), ones);
        emission.set(node.output(), one.expand(dims));
    }

    private void embedding(Node node) {
        Strided ids = emission.tensor(node.input(1));
        if (emission.graph.constant(node.input(0)).isEmpty()) {
            throw Emission.unsupported(node, "a table that only the run knows");
        }
        Strided flat = ids.reshape(ids.size())
                .filter(f -> f.strides()[0] == 1 || f.size() <= 1)
                .orElseGet(() -> emission.copy(ids, node).reshape(ids.size()).orElseThrow());
        long[] table = emission.shape(node.input(0));
        Strided out = emission.fresh(emission.shape(node.output()));
        emission.step(StepOp.GATHER, node)
                .rows(ids.size())
                .number("n", table[1])
                .number("entries", table[0])
                .reads("index", flat.buffer(), flat.offset())
                .number("table", emission.weights.floats(node.input(0)))
                .writes("out", out.buffer(), 0)
                .number("out_ld", table[1]);
        emission.set(node.output(), out);
    }

    /** Writes the sum, mean, variance or maximum over some axes. */
    void reduce(Node node) {
        switch (node.op()) {
            case SUM -> reduce(node, StepOp.Reduce.SUM, 0);
            case MEAN -> reduce(node, StepOp.Reduce.MEAN, 0);
            case VAR -> reduce(node, StepOp.Reduce.VARIANCE, node.attributes().number("correction"));
            case REDUCE_MAX -> reduce(node, StepOp.Reduce.MAXIMUM, 0);
            default -> throw Emission.unsupported(node, "these inputs");
        }
    }

    private void reduce(Node node, StepOp.Reduce code, double correction) {
        Strided x = emission.tensor(node.input(0));
        int[] axes = node.attributes().ints("axes");
        boolean[] reduced = new boolean[x.rank()];
        for (int axis : axes) {
            reduced[axis] = true;
        }
        int[] order = new int[x.rank()];
        int at = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < order.length; i++) {
                if (reduced[i] == (pass == 1)) {
                    order[at++] = i;
                }
            }
        }
        long n = 1;
        for (int axis : axes) {
            n *= x.dims()[axis];
        }
        long rows = x.size() / Math.max(1, n);
        Strided sorted = x.transpose(order);
        long columns = n;
        Strided flat = sorted.reshape(rows, columns)
                .filter(f -> f.rows().isPresent())
                .orElseGet(
                        () -> emission.copy(sorted, node).reshape(rows, columns).orElseThrow());
        Strided out = emission.fresh(rows, 1);
        Strided.Rows in = flat.rows().orElseThrow();
        Draft draft = emission.step(StepOp.REDUCE_ROWS, node)
                .rows(rows)
                .number("n", n)
                .number("op", code)
                .real("correction", correction);
        Emission.readRows(draft, "in", in).writes("out", out.buffer(), 0);
        emission.set(node.output(), out.reshape(emission.shape(node.output())).orElseThrow());
    }
}
