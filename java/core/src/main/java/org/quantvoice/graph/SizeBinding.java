package org.quantvoice.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.error.ModelFormatException;

/** Finds the sizes of a graph's symbols from the shapes of its inputs. */
final class SizeBinding {

    private final Graph graph;
    private final Map<String, Long> sizes = new HashMap<>();

    SizeBinding(Graph graph) {
        this.graph = graph;
    }

    Map<String, Long> bind(List<long[]> shapes, Map<String, Long> arguments) {
        if (shapes.size() != graph.inputs().size()) {
            throw mismatch(shapes.size() + " inputs", graph.inputs().toString());
        }
        for (Symbol scalar : graph.scalars()) {
            Long argument = arguments.get(scalar.name());
            if (argument == null) {
                throw mismatch("no value for " + scalar, "one for each of " + graph.scalars());
            }
            put(scalar, argument);
        }
        for (int i = 0; i < shapes.size(); i++) {
            bind(graph.inputs().get(i), shapes.get(i));
        }
        return Map.copyOf(sizes);
    }

    private void bind(Value input, long[] shape) {
        if (shape.length != input.shape().rank()) {
            throw mismatch("shape " + Arrays.toString(shape), input.toString());
        }
        for (int axis = 0; axis < shape.length; axis++) {
            Dim dim = input.shape().dim(axis);
            if (dim.isConstant() ? dim.constant() != shape[axis] : !fits(dim, shape[axis])) {
                throw mismatch("shape " + Arrays.toString(shape), input.toString());
            }
        }
    }

    /**
     * Returns whether a size fits a dimension. Dimensions of inputs are single symbols, as the builder makes sure.
     */
    private boolean fits(Dim dim, long size) {
        Symbol symbol = dim.symbols().iterator().next();
        Long known = sizes.get(symbol.name());
        if (known != null) {
            return known == size;
        }
        put(symbol, size);
        return true;
    }

    private void put(Symbol symbol, long size) {
        if (size < symbol.min()) {
            throw mismatch(symbol + " = " + size, symbol + " of at least " + symbol.min());
        }
        sizes.put(symbol.name(), size);
    }

    private static ModelFormatException mismatch(String got, String expected) {
        return new ModelFormatException(got, expected, "pass inputs as the graph declares them");
    }
}
