package org.quantvoice.graph;

/**
 * Integer arithmetic in which {@link Dim#in} expresses a {@link Dim}, e.g. with the tensors of another format.
 *
 * @param <T> type that stands for an integer
 */
public interface DimArithmetic<T> {
    T constant(long value);

    T symbol(Symbol symbol);

    T plus(T left, T right);

    T times(T left, T right);

    /** Returns the quotient rounded towards minus infinity. */
    T floorDiv(T dividend, T divisor);

    T max(T left, T right);
}
