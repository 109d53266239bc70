package org.quantvoice.graph;

/**
 * A size that is known only when the graph runs: a dimension of an input, or an integer argument.
 *
 * @param name unique within a graph, letters, digits and underscores
 * @param min the smallest value that it may take, which decides comparisons of sizes
 */
public record Symbol(String name, long min) implements DimAtom {

    public Symbol {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("got symbol '" + name + "'; expected letters, digits and underscores");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
