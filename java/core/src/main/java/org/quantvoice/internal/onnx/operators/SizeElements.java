package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.quantvoice.graph.Dim;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.Ratio;
import org.quantvoice.internal.onnx.values.SmallNumbers;

/** Joins, splits and selects the numbers of shape computations. */
final class SizeElements {
    private SizeElements() {}

    /** Combines two numbers. */
    interface Pair {
        Optional<Ratio> of(Ratio a, Ratio b);
    }

    static Optional<Operand> broadcast(ElementType type, List<Operand.Sizes> operands, Pair pair) {
        List<Long> shape = shape(operands);
        List<Ratio> elements = new ArrayList<>();
        int count = count(shape);
        if (count > SmallNumbers.MOST) {
            return Optional.empty();
        }
        for (int i = 0; i < count; i++) {
            Optional<Ratio> each = pair.of(at(operands.get(0), shape, i), at(operands.get(1), shape, i));
            if (each.isEmpty()) {
                return Optional.empty();
            }
            elements.add(each.get());
        }
        return Optional.of(new Operand.Sizes(type, shape, elements));
    }

    static Optional<Operand> choose(List<Operand.Sizes> operands) {
        List<Long> shape = shape(operands);
        List<Ratio> elements = new ArrayList<>();
        for (int i = 0; i < count(shape); i++) {
            boolean yes = !at(operands.get(0), shape, i).top().is(0);
            elements.add(at(operands.get(yes ? 1 : 2), shape, i));
        }
        return Optional.of(new Operand.Sizes(operands.get(1).type(), shape, elements));
    }

    private static List<Long> shape(List<Operand.Sizes> operands) {
        int rank = operands.stream().mapToInt(o -> o.shape().size()).max().orElse(0);
        Long[] shape = new Long[rank];
        Arrays.fill(shape, 1L);
        for (Operand.Sizes each : operands) {
            int shift = rank - each.shape().size();
            for (int i = 0; i < each.shape().size(); i++) {
                long size = each.shape().get(i);
                shape[i + shift] = size == 1 ? shape[i + shift] : Long.valueOf(size);
            }
        }
        return List.of(shape);
    }

    private static int count(List<Long> shape) {
        return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }

    /** Returns the element that broadcasting puts at an index. */
    private static Ratio at(Operand.Sizes x, List<Long> shape, int index) {
        int rest = index;
        int at = 0;
        int stride = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            int place = (int) (rest % Math.max(1, shape.get(axis)));
            rest /= (int) Math.max(1, shape.get(axis));
            int own = axis - shape.size() + x.shape().size();
            if (own >= 0) {
                at += x.shape().get(own) == 1 ? 0 : place * stride;
                stride *= (int) (long) x.shape().get(own);
            }
        }
        return x.elements().get(at);
    }

    /** Evaluates operators that move elements of lists. */
    static Optional<Operand> moved(Call call, List<Operand.Sizes> operands) {
        Operand.Sizes x = operands.get(0);
        int rank = x.shape().size();
        return switch (call.operator()) {
            case "Unsqueeze", "Squeeze", "Reshape", "Flatten" -> reshaped(call, x, operands);
            case "Concat" -> rank == 1 ? joined(operands) : Optional.empty();
            case "Gather" -> rank == 1 ? gathered(x, operands.get(1)) : Optional.empty();
            case "Slice" -> SizeSlices.sliced(call, x, operands);
            case "Transpose" -> SizeSlices.transposed(call, x);
            case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin" -> rank == 1 ? reduced(call, x) : Optional.empty();
            case "Expand" -> expanded(x, operands.get(1));
            case "Range" -> counted(operands);
            default -> Optional.empty();
        };
    }

    private static Optional<Operand> of(Operand.Sizes x, List<Long> shape, List<Ratio> elements) {
        return Optional.of(new Operand.Sizes(x.type(), shape, elements));
    }

    /** Evaluates operators that keep the order of elements: the new shape is that of a tensor of these sizes. */
    private static Optional<Operand> reshaped(Call call, Operand.Sizes x, List<Operand.Sizes> operands) {
        List<Dim> own = x.shape().stream().map(Dim::of).toList();
        List<Dim> target =
                switch (call.operator()) {
                    case "Unsqueeze" -> Shapes.unsqueezed(call, own);
                    case "Squeeze" -> Shapes.squeezed(call, own);
                    case "Flatten" -> Shapes.flattened(call, own);
                    default -> Shapes.reshaped(call, own, call.dims(1));
                };
        if (!target.stream().allMatch(Dim::isConstant)) {
            return Optional.empty();
        }
        return of(x, target.stream().map(Dim::constant).toList(), x.elements());
    }

    private static Optional<Operand> joined(List<Operand.Sizes> operands) {
        List<Ratio> all = new ArrayList<>();
        operands.forEach(o -> all.addAll(o.elements()));
        return of(operands.get(0), List.of((long) all.size()), all);
    }

    private static Optional<Operand> gathered(Operand.Sizes x, Operand.Sizes places) {
        List<Ratio> elements = new ArrayList<>();
        for (Ratio place : places.elements()) {
            if (!place.isConstant()) {
                return Optional.empty();
            }
            long at = place.top().constant();
            long inside = at < 0 ? at + x.elements().size() : at;
            if (inside < 0 || inside >= x.elements().size()) {
                return Optional.empty();
            }
            elements.add(x.elements().get((int) inside));
        }
        return of(x, places.shape(), elements);
    }

    private static Optional<Operand> reduced(Call call, Operand.Sizes x) {
        boolean axesGiven = call.count() > 1 || call.hasAttribute("axes");
        if (!axesGiven && call.integer("noop_with_empty_axes", 0) != 0) {
            return Optional.of(x);
        }
        Ratio result = null;
        for (Ratio each : x.elements()) {
            if (result == null) {
                result = each;
                continue;
            }
            result = switch (call.operator()) {
                case "ReduceProd" -> result.times(each);
                case "ReduceSum" -> result.plus(each);
                case "ReduceMax" -> result.max(each);
                default -> result.negated().max(each.negated()).negated();
            };
        }
        if (result == null) {
            return Optional.empty();
        }
        return of(x, call.integer("keepdims", 1) != 0 ? List.of(1L) : List.of(), List.of(result));
    }

    private static Optional<Operand> expanded(Operand.Sizes x, Operand.Sizes target) {
        if (!target.elements().stream().allMatch(Ratio::isConstant)) {
            return Optional.empty();
        }
        List<Long> wanted =
                target.elements().stream().map(r -> r.top().constant()).toList();
        long count = 1;
        for (long size : wanted) {
            count = size < 0 || size > SmallNumbers.MOST ? SmallNumbers.MOST + 1L : count * size;
            if (count > SmallNumbers.MOST) {
                return Optional.empty();
            }
        }
        List<Ratio> none = java.util.Collections.nCopies((int) count, Ratio.of(Dim.ZERO));
        return broadcast(x.type(), List.of(x, new Operand.Sizes(x.type(), wanted, none)), (a, b) -> Optional.of(a));
    }

    /** Evaluates a short range of constants, as exporters write for lists of axes. */
    private static Optional<Operand> counted(List<Operand.Sizes> operands) {
        boolean fixed = operands.size() == 3
                && operands.stream()
                        .allMatch(o -> o.elements().size() == 1
                                && o.elements().get(0).isConstant()
                                && o.elements().get(0).isWhole());
        if (!fixed) {
            return Optional.empty();
        }
        long[] n = operands.stream()
                .mapToLong(o -> o.elements().get(0).top().constant())
                .toArray();
        long count = n[2] == 0 ? SmallNumbers.MOST + 1L : Math.max(0, -Math.floorDiv(n[0] - n[1], n[2]));
        if (count > SmallNumbers.MOST) {
            return Optional.empty();
        }
        List<Ratio> elements = IntStream.range(0, (int) count)
                .mapToObj(i -> Ratio.of(Dim.of(n[0] + i * n[2])))
                .toList();
        return of(operands.get(0), List.of(count), elements);
    }
}
