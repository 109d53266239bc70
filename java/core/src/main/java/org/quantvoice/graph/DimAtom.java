package org.quantvoice.graph;

import java.util.Map;
import java.util.Set;

/** An atom of the polynomials that {@link Dim} holds: a symbol, a floor quotient or a maximum. */
sealed interface DimAtom permits Symbol, DimAtom.Quotient, DimAtom.Maximum {

    /** The quotient {@code floor(dividend / divisor)}. */
    record Quotient(Dim dividend, Dim divisor) implements DimAtom {
        @Override
        public String toString() {
            return "floor(" + dividend + ", " + divisor + ")";
        }
    }

    /** The larger of two expressions. They are ordered by their text, so that equal maxima are equal objects. */
    record Maximum(Dim left, Dim right) implements DimAtom {
        @Override
        public String toString() {
            return "max(" + left + ", " + right + ")";
        }
    }

    default long evaluate(Map<String, Long> sizes) {
        if (this instanceof Quotient q) {
            return Math.floorDiv(q.dividend().evaluate(sizes), q.divisor().evaluate(sizes));
        }
        if (this instanceof Maximum m) {
            return Math.max(m.left().evaluate(sizes), m.right().evaluate(sizes));
        }
        Long size = sizes.get(((Symbol) this).name());
        if (size == null) {
            throw new IllegalArgumentException("got no size for " + this + "; expected one for every symbol");
        }
        return size;
    }

    default <T> T in(DimArithmetic<T> arithmetic) {
        if (this instanceof Quotient q) {
            return arithmetic.floorDiv(q.dividend().in(arithmetic), q.divisor().in(arithmetic));
        }
        if (this instanceof Maximum m) {
            return arithmetic.max(m.left().in(arithmetic), m.right().in(arithmetic));
        }
        return arithmetic.symbol((Symbol) this);
    }

    default Interval range() {
        if (this instanceof Quotient q) {
            return q.dividend().range().floorDiv(q.divisor().range());
        }
        if (this instanceof Maximum m) {
            return m.left().range().max(m.right().range());
        }
        return new Interval(((Symbol) this).min(), Interval.UNBOUNDED);
    }

    default void collect(Set<Symbol> into) {
        if (this instanceof Quotient q) {
            into.addAll(q.dividend().symbols());
            into.addAll(q.divisor().symbols());
        } else if (this instanceof Maximum m) {
            into.addAll(m.left().symbols());
            into.addAll(m.right().symbols());
        } else {
            into.add((Symbol) this);
        }
    }
}
