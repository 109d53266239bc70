package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.Ratio;

/** Evaluates slices and other orders of numbers that depend on sizes, with any axes. */
final class SizeSlices {
    private SizeSlices() {}

    static Optional<Operand> sliced(Call call, Operand.Sizes x, List<Operand.Sizes> operands) {
        int rank = x.shape().size();
        boolean known = operands.subList(1, operands.size()).stream()
                .allMatch(o -> o.elements().stream().allMatch(Ratio::isConstant));
        if (!known) {
            return Optional.empty();
        }
        List<Long> starts = call.longs("starts", 1);
        List<Long> ends = call.longs("ends", 2);
        Optional<List<Long>> axes = call.optionalLongs("axes", 3);
        List<int[]> places = new ArrayList<>();
        x.shape().forEach(size -> places.add(IntStream.range(0, size.intValue()).toArray()));
        for (int i = 0; i < starts.size(); i++) {
            int axis = call.axis(axes.isPresent() ? axes.get().get(i) : i, rank);
            long step = operands.size() > 4 ? call.longs("steps", 4).get(i) : 1;
            if (step == 0) {
                throw call.unsupported("in steps of 0");
            }
            places.set(axis, places(x.shape().get(axis), starts.get(i), ends.get(i), step));
        }
        return Optional.of(picked(x, places));
    }

    private static int[] places(long size, long from, long to, long step) {
        long high = step > 0 ? size : size - 1;
        long start = clamped(from, size, 0, high);
        long end = clamped(to, size, step > 0 ? 0 : -1, high);
        IntStream.Builder places = IntStream.builder();
        for (long i = start; step > 0 ? i < end : i > end; i += step) {
            places.add((int) i);
        }
        return places.build().toArray();
    }

    private static long clamped(long place, long size, long low, long high) {
        long inside = place < 0 ? Math.max(place, -size - 1) + size : place;
        return Math.max(low, Math.min(inside, high));
    }

    /** Returns the elements at given indices of each axis. */
    private static Operand picked(Operand.Sizes x, List<int[]> places) {
        List<Integer> offsets = List.of(0);
        for (int axis = 0; axis < places.size(); axis++) {
            List<Integer> next = new ArrayList<>();
            int size = x.shape().get(axis).intValue();
            for (int offset : offsets) {
                for (int place : places.get(axis)) {
                    next.add(offset * size + place);
                }
            }
            offsets = next;
        }
        List<Long> shape = places.stream().map(p -> (long) p.length).toList();
        return new Operand.Sizes(
                x.type(), shape, offsets.stream().map(x.elements()::get).toList());
    }

    static Optional<Operand> transposed(Call call, Operand.Sizes x) {
        int rank = x.shape().size();
        int[] order = call.hasAttribute("perm")
                ? call.ints("perm", rank, 0)
                : IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
        List<Long> shape = new ArrayList<>();
        for (int axis : order) {
            shape.add(x.shape().get(axis));
        }
        int count = x.elements().size();
        List<Ratio> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(x.elements().get(source(i, shape, order, x.shape())));
        }
        return Optional.of(new Operand.Sizes(x.type(), shape, elements));
    }

    /** Returns the index in the original of an element of the reordered tensor. */
    private static int source(int index, List<Long> shape, int[] order, List<Long> original) {
        int[] at = new int[order.length];
        int rest = index;
        for (int axis = order.length - 1; axis >= 0; axis--) {
            at[order[axis]] = (int) (rest % shape.get(axis));
            rest /= (int) (long) shape.get(axis);
        }
        int offset = 0;
        for (int axis = 0; axis < at.length; axis++) {
            offset = offset * original.get(axis).intValue() + at[axis];
        }
        return offset;
    }
}
