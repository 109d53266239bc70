package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/**
 * Translates {@code Einsum} of one or two operands. Letters of both operands that the result has are batch axes,
 * letters of both that it lacks are summed in a product, and letters of one that it lacks are summed before.
 */
final class EinsumOperator {

    /** A tensor whose axes have letters. */
    private record Lettered(Value value, String letters) {
        Dim size(char letter) {
            return value.shape().dim(letters.indexOf(letter));
        }
    }

    private EinsumOperator() {}

    static List<Operand> apply(Call call) {
        String equation = call.text("equation", "").replace(" ", "");
        String[] sides = equation.split("->", -1);
        String[] inputs = sides[0].split(",", -1);
        boolean plain = equation.matches("[A-Za-z,]*->[A-Za-z]*") && inputs.length == call.count() && call.count() <= 2;
        List<Lettered> operands = new ArrayList<>();
        for (int i = 0; plain && i < inputs.length; i++) {
            plain = inputs[i].chars().distinct().count() == inputs[i].length()
                    && inputs[i].length() == call.shape(i).rank();
            operands.add(new Lettered(call.value(i), inputs[i]));
        }
        if (!plain) {
            throw call.unsupported("of '" + equation + "'");
        }
        String target = sides[1];
        Lettered result = operands.size() == 1
                ? reduced(call, operands.get(0), target)
                : product(call, operands.get(0), operands.get(1), target);
        return call.like(arranged(call, result, target));
    }

    /** Returns the operand summed over the axes that neither the other operand nor the result needs. */
    private static Lettered reduced(Call call, Lettered x, String needed) {
        int[] axes = x.letters()
                .chars()
                .filter(c -> needed.indexOf(c) < 0)
                .map(c -> x.letters().indexOf(c))
                .toArray();
        String kept = letters(x.letters(), needed, true);
        return axes.length == 0 ? x : new Lettered(call.add(Op.SUM, Attributes.of("axes", axes), x.value()), kept);
    }

    private static String letters(String from, String others, boolean inside) {
        return from.chars()
                .filter(c -> others.indexOf(c) >= 0 == inside)
                .mapToObj(c -> String.valueOf((char) c))
                .collect(Collectors.joining());
    }

    private static Value arranged(Call call, Lettered x, String letters) {
        return call.transpose(
                x.value(), letters.chars().map(c -> x.letters().indexOf(c)).toArray());
    }

    private static Lettered product(Call call, Lettered left, Lettered right, String target) {
        Lettered a = reduced(call, left, target + right.letters());
        Lettered b = reduced(call, right, target + left.letters());
        String both = letters(a.letters(), b.letters(), true);
        String batch = letters(both, target, true);
        String summed = letters(both, target, false);
        String rows = letters(a.letters(), b.letters(), false);
        String columns = letters(b.letters(), a.letters(), false);
        Map<Character, Dim> sizes = new LinkedHashMap<>();
        for (Lettered each : List.of(a, b)) {
            for (char c : each.letters().toCharArray()) {
                sizes.merge(c, each.size(c), (old, more) -> old.is(1) ? more : old);
            }
        }
        Value left3 = grouped(call, arranged(call, a, batch + rows + summed), sizes, batch, rows, summed);
        Value right3 = grouped(call, arranged(call, b, batch + summed + columns), sizes, batch, summed, columns);
        String all = batch + rows + columns;
        List<Dim> dims = all.chars().mapToObj(c -> sizes.get((char) c)).toList();
        return new Lettered(call.reshape(call.add(Op.MATMUL, left3, right3), dims), all);
    }

    /** Brings an operand into the form {@code [batch axes .., rows, columns]}. */
    private static Value grouped(
            Call call, Value x, Map<Character, Dim> sizes, String batch, String rows, String columns) {
        List<Dim> dims =
                new ArrayList<>(batch.chars().mapToObj(c -> sizes.get((char) c)).toList());
        dims.add(size(sizes, rows));
        dims.add(size(sizes, columns));
        return call.reshape(x, dims);
    }

    private static Dim size(Map<Character, Dim> sizes, String letters) {
        return letters.chars().mapToObj(c -> sizes.get((char) c)).reduce(Dim.ONE, Dim::times);
    }
}
