package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Shape;

/** Computes the sizes of tensors that keep their elements in order, and bounds of slices. */
final class Shapes {
    private Shapes() {}

    static List<Dim> unsqueezed(Call call, List<Dim> own) {
        List<Long> axes = call.longs("axes", 1);
        TreeSet<Integer> places = new TreeSet<>();
        axes.forEach(axis -> places.add(call.axis(axis, own.size() + axes.size())));
        List<Dim> dims = new ArrayList<>(own);
        places.forEach(axis -> dims.add(Math.min(axis, dims.size()), Dim.ONE));
        return dims;
    }

    static List<Dim> squeezed(Call call, List<Dim> own) {
        Optional<List<Long>> axes = call.optionalLongs("axes", 1);
        TreeSet<Integer> places = new TreeSet<>();
        axes.ifPresent(list -> list.forEach(axis -> places.add(call.axis(axis, own.size()))));
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            Dim dim = own.get(i);
            boolean named = places.contains(i);
            boolean open = axes.isEmpty() && !dim.isConstant() && !dim.isAtLeast(2);
            if (open || named && (dim.isConstant() ? !dim.is(1) : dim.isAtLeast(2))) {
                throw call.unsupported("of an axis of size " + dim);
            }
            if (!named && !(axes.isEmpty() && dim.is(1))) {
                dims.add(dim);
            }
        }
        return dims;
    }

    static List<Dim> flattened(Call call, List<Dim> own) {
        long given = call.integer("axis", 1);
        int axis = given == own.size() ? own.size() : call.axis(given, Math.max(1, own.size()));
        return List.of(new Shape(own.subList(0, axis)).size(), new Shape(own.subList(axis, own.size())).size());
    }

    /** Returns the sizes after a reshape: 0 keeps a size, and -1 takes the remaining elements. */
    static List<Dim> reshaped(Call call, List<Dim> own, List<Dim> target) {
        boolean zeros = call.integer("allowzero", 0) != 0;
        List<Dim> dims = new ArrayList<>();
        Dim known = Dim.ONE;
        int open = -1;
        for (int i = 0; i < target.size(); i++) {
            Dim dim = target.get(i);
            boolean kept = dim.is(0) && !zeros;
            if (kept && i >= own.size()) {
                throw call.unsupported("to " + target + " of " + own);
            }
            Dim size = kept ? own.get(i) : dim;
            if (size.is(-1)) {
                open = i;
            } else {
                known = known.times(size);
            }
            dims.add(size);
        }
        if (open >= 0) {
            Dim all = new Shape(own).size();
            if (known.is(0)) {
                throw call.unsupported("to " + target + " of " + own);
            }
            dims.set(open, all.floorDiv(known));
        }
        return dims;
    }

    /** Returns the shape that two shapes broadcast to. */
    static List<Dim> broadcast(List<Dim> a, List<Dim> b) {
        List<Dim> result = new ArrayList<>();
        int rank = Math.max(a.size(), b.size());
        for (int i = rank; i >= 1; i--) {
            Dim left = i <= a.size() ? a.get(a.size() - i) : Dim.ONE;
            Dim right = i <= b.size() ? b.get(b.size() - i) : Dim.ONE;
            result.add(left.is(1) ? right : left);
        }
        return result;
    }

    /**
     * Returns a bound of a slice, moved into {@code 0 .. size}. If that depends on the input, a fixed bound is
     * limited by the size; a bound that depends on sizes is taken to be inside, and the run checks it.
     */
    static Dim bound(Dim index, Dim size) {
        if (index.isAtLeast(Integer.MAX_VALUE)) {
            return size; // exporters write this for "to the end"
        }
        Dim position = index.isAtMost(-1) ? index.plus(size) : index;
        if (position.isAtMost(0)) {
            return Dim.ZERO;
        }
        if (position.minus(size).isAtLeast(0)) {
            return size;
        }
        return position.isConstant() && !size.isConstant() ? position.min(size) : position;
    }
}
