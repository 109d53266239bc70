package org.quantvoice.torch.operators;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/**
 * Emits {@code aten::einsum} of one or more operands, two at a time. A letter of both operands is a batch axis if the
 * result or a later operand needs it; otherwise a matrix product sums over it.
 */
final class EinsumOperator {
    private EinsumOperator() {}

    /** A tensor whose axes have letters. */
    private record Lettered(Value value, String letters) {}

    static void register(Map<String, Operator> table) {
        table.put("aten::einsum", EinsumOperator::einsum);
    }

    private static Object einsum(Call call) {
        String equation = ((String) call.get(0)).replace(" ", "");
        List<Value> values = call.values(1);
        String[] sides = equation.split("->", -1);
        String[] inputs = sides[0].split(",", -1);
        if (inputs.length != values.size() || equation.contains(".")) {
            throw call.unsupported("'" + equation + "'");
        }
        String target = sides.length > 1 ? sides[1] : implied(sides[0]);
        List<Lettered> open = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].chars().distinct().count() != inputs[i].length()
                    || inputs[i].length() != values.get(i).shape().rank()) {
                throw call.unsupported("'" + equation + "'");
            }
            open.add(new Lettered(values.get(i), inputs[i]));
        }
        Formula f = new Formula(call);
        while (open.size() > 1) {
            Lettered a = open.remove(0);
            Lettered b = open.remove(0);
            StringBuilder needed = new StringBuilder(target);
            open.forEach(o -> needed.append(o.letters()));
            open.add(0, product(f, a, b, needed.toString()));
        }
        Lettered summed = reduced(f, open.get(0), target);
        return TensorRef.of(arranged(f, summed, target));
    }

    /** Returns the letters of the result if the equation names none: those that occur once, sorted. */
    private static String implied(String inputs) {
        StringBuilder once = new StringBuilder();
        String letters = inputs.replace(",", "");
        letters.chars()
                .sorted()
                .filter(c -> letters.indexOf(c) == letters.lastIndexOf(c))
                .forEach(c -> once.append((char) c));
        return once.toString();
    }

    /** Sums over the axes that neither the other operand nor the result needs. */
    private static Lettered reduced(Formula f, Lettered x, String needed) {
        List<Integer> axes = new ArrayList<>();
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < x.letters().length(); i++) {
            if (needed.indexOf(x.letters().charAt(i)) < 0) {
                axes.add(i);
            } else {
                kept.append(x.letters().charAt(i));
            }
        }
        if (axes.isEmpty()) {
            return x;
        }
        int[] all = axes.stream().mapToInt(Integer::intValue).toArray();
        return new Lettered(f.summed(x.value(), false, all), kept.toString());
    }

    private static Value arranged(Formula f, Lettered x, String letters) {
        int[] order = letters.chars().map(c -> x.letters().indexOf(c)).toArray();
        return f.permuted(x.value(), order);
    }

    private static Lettered product(Formula f, Lettered left, Lettered right, String needed) {
        Lettered a = reduced(f, left, needed + right.letters());
        Lettered b = reduced(f, right, needed + left.letters());
        String batch = letters(a.letters(), c -> b.letters().indexOf(c) >= 0 && needed.indexOf(c) >= 0);
        String summed = letters(a.letters(), c -> b.letters().indexOf(c) >= 0 && needed.indexOf(c) < 0);
        String rows = letters(a.letters(), c -> b.letters().indexOf(c) < 0);
        String columns = letters(b.letters(), c -> a.letters().indexOf(c) < 0);
        Map<Character, Dim> sizes = new LinkedHashMap<>();
        collect(sizes, a);
        collect(sizes, b);
        Value left3 = grouped(f, arranged(f, a, batch + rows + summed), sizes, batch, rows, summed);
        Value right3 = grouped(f, arranged(f, b, batch + summed + columns), sizes, batch, summed, columns);
        Value result = f.of(Op.MATMUL, left3, right3);
        List<Dim> dims = new ArrayList<>();
        String all = batch + rows + columns;
        all.chars().forEach(c -> dims.add(sizes.get((char) c)));
        return new Lettered(f.shaped(result, dims), all);
    }

    private static void collect(Map<Character, Dim> sizes, Lettered x) {
        for (int i = 0; i < x.letters().length(); i++) {
            Dim size = x.value().shape().dim(i);
            sizes.merge(x.letters().charAt(i), size, (old, more) -> old.is(1) ? more : old);
        }
    }

    /** Brings an operand into the form {@code [batch axes .., rows, columns]}. */
    private static Value grouped(
            Formula f, Value x, Map<Character, Dim> sizes, String batch, String rows, String columns) {
        List<Dim> dims = new ArrayList<>();
        batch.chars().forEach(c -> dims.add(sizes.get((char) c)));
        dims.add(product(sizes, rows));
        dims.add(product(sizes, columns));
        return f.shaped(x, dims);
    }

    private static Dim product(Map<Character, Dim> sizes, String letters) {
        Dim size = Dim.ONE;
        for (char c : letters.toCharArray()) {
            size = size.times(requireNonNull(sizes.get(c)));
        }
        return size;
    }

    private static String letters(String from, java.util.function.IntPredicate wanted) {
        Set<Character> found = new LinkedHashSet<>();
        from.chars().filter(wanted).forEach(c -> found.add((char) c));
        StringBuilder text = new StringBuilder();
        found.forEach(text::append);
        return text.toString();
    }
}
