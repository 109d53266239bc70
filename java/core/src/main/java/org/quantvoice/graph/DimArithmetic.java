package org.quantvoice.graph;

/**
 * Integer arithmetic in which a {@link Dim} can be expressed again, e.g. with the tensors of another format.
 *
 * @param <T> what stands for an integer
 */
public interface DimArithmetic<T> {
    T constant(long value);

    T symbol(Symbol symbol);

    T plus(T left, T right);

    T times(T left, T right);

    /** Rounded towards minus infinity. */
    T floorDiv(T dividend, T divisor);

    T max(T left, T right);
}
