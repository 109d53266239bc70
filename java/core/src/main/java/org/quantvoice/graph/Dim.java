package org.quantvoice.graph;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * An integer that may depend on the sizes of the graph's inputs: a polynomial with whole coefficients of symbols, floor
 * quotients and maxima, in a normal form in which equal expressions of the usual shape arithmetic are equal objects.
 * Arithmetic throws {@link ArithmeticException} on overflow of 64 bits.
 */
public final class Dim {

    /** Order of products: higher degree first, then by text; the constant (the empty product) is last. */
    static final Comparator<List<DimAtom>> ORDER =
            Comparator.<List<DimAtom>>comparingInt(m -> -m.size()).thenComparing(Object::toString);

    /** Small constants, each made once, because they are used all the time. */
    private static final Dim[] SMALL = new Dim[4097];

    public static final Dim ZERO = of(0);
    public static final Dim ONE = of(1);

    private final TreeMap<List<DimAtom>, Long> terms;
    private final String text;

    Dim(Map<List<DimAtom>, Long> terms) {
        this.terms = new TreeMap<>(ORDER);
        terms.forEach((product, factor) -> {
            if (factor != 0) {
                this.terms.put(product, factor);
            }
        });
        this.text = DimText.print(this.terms);
    }

    public static Dim of(long constant) {
        if (constant < 0 || constant >= SMALL.length) {
            return new Dim(Map.of(List.of(), constant));
        }
        Dim known = SMALL[(int) constant];
        if (known == null) {
            known = new Dim(Map.of(List.of(), constant));
            SMALL[(int) constant] = known; // two threads at once make equal objects
        }
        return known;
    }

    /** Returns a symbol for a size that is at least 1. */
    public static Dim symbol(String name) {
        return symbol(name, 1);
    }

    public static Dim symbol(String name, long min) {
        return of(new Symbol(name, min));
    }

    static Dim of(DimAtom atom) {
        return new Dim(Map.of(List.of(atom), 1L));
    }

    /** Reads what {@link #toString()} prints; symbols get the smallest value 1. */
    public static Dim parse(String text) {
        return new DimText(text).parse();
    }

    TreeMap<List<DimAtom>, Long> terms() {
        return terms;
    }

    public boolean isConstant() {
        return terms.isEmpty() || (terms.size() == 1 && terms.firstKey().isEmpty());
    }

    /** Returns the value of a constant; throws {@link IllegalStateException} if this is not constant. */
    public long constant() {
        if (!isConstant()) {
            throw new IllegalStateException("got " + this + "; expected a constant");
        }
        return offset();
    }

    /** Returns the constant term. */
    long offset() {
        return terms.getOrDefault(List.of(), 0L);
    }

    public boolean is(long value) {
        return isConstant() && offset() == value;
    }

    /** Returns the value for given sizes of all symbols. */
    public long evaluate(Map<String, Long> sizes) {
        long sum = 0;
        for (Map.Entry<List<DimAtom>, Long> term : terms.entrySet()) {
            long product = term.getValue();
            for (DimAtom atom : term.getKey()) {
                product = Math.multiplyExact(product, atom.evaluate(sizes));
            }
            sum = Math.addExact(sum, product);
        }
        return sum;
    }

    /** Expresses the same value, a sum of products, in another arithmetic. */
    public <T> T in(DimArithmetic<T> arithmetic) {
        T sum = null;
        for (Map.Entry<List<DimAtom>, Long> term : terms.entrySet()) {
            T product = null;
            for (DimAtom atom : term.getKey()) {
                T factor = atom.in(arithmetic);
                product = product == null ? factor : arithmetic.times(product, factor);
            }
            T count = product == null || term.getValue() != 1 ? arithmetic.constant(term.getValue()) : null;
            product = product == null ? count : count == null ? product : arithmetic.times(product, count);
            sum = sum == null ? product : arithmetic.plus(sum, requireNonNull(product));
        }
        return sum == null ? arithmetic.constant(0) : sum;
    }

    public Set<Symbol> symbols() {
        Set<Symbol> found = new LinkedHashSet<>();
        terms.keySet().forEach(product -> product.forEach(atom -> atom.collect(found)));
        return found;
    }

    public Dim plus(Dim other) {
        TreeMap<List<DimAtom>, Long> sum = new TreeMap<>(terms);
        other.terms.forEach((product, factor) -> sum.merge(product, factor, Math::addExact));
        return new Dim(sum);
    }

    public Dim plus(long constant) {
        return plus(of(constant));
    }

    public Dim minus(Dim other) {
        return plus(other.times(-1));
    }

    public Dim times(long factor) {
        return times(of(factor));
    }

    public Dim times(Dim other) {
        TreeMap<List<DimAtom>, Long> result = new TreeMap<>(ORDER);
        terms.forEach((left, a) -> other.terms.forEach((right, b) -> {
            List<DimAtom> product = new ArrayList<>(left);
            product.addAll(right);
            product.sort(Comparator.comparing(Object::toString));
            result.merge(List.copyOf(product), Math.multiplyExact(a, b), Math::addExact);
        }));
        return new Dim(result);
    }

    /** Returns the quotient rounded towards minus infinity. */
    public Dim floorDiv(Dim divisor) {
        return DimDivision.floor(this, divisor);
    }

    public Dim floorDiv(long divisor) {
        return floorDiv(of(divisor));
    }

    /** Returns the quotient if the division leaves no remainder whatever the sizes; else empty. */
    public Optional<Dim> exactDiv(Dim divisor) {
        return DimDivision.exact(this, divisor);
    }

    /** Returns the remainder of {@link #floorDiv}; has the sign of the divisor. */
    public Dim mod(Dim divisor) {
        return minus(floorDiv(divisor).times(divisor));
    }

    public Dim max(Dim other) {
        if (minus(other).isAtLeast(0)) {
            return this;
        }
        if (other.minus(this).isAtLeast(0)) {
            return other;
        }
        boolean ordered = text.compareTo(other.text) <= 0;
        return of(new DimAtom.Maximum(ordered ? this : other, ordered ? other : this));
    }

    public Dim min(Dim other) {
        return times(-1).max(other.times(-1)).times(-1);
    }

    /** Returns whether this is certainly at least {@code bound}, whatever the symbols' sizes. */
    public boolean isAtLeast(long bound) {
        return range().low() >= bound;
    }

    /** Returns whether this is certainly at most {@code bound}. */
    public boolean isAtMost(long bound) {
        return range().high() <= bound;
    }

    Interval range() {
        Interval sum = new Interval(0, 0);
        for (Map.Entry<List<DimAtom>, Long> term : terms.entrySet()) {
            Interval product = new Interval(term.getValue(), term.getValue());
            for (DimAtom atom : term.getKey()) {
                product = product.times(atom.range());
            }
            sum = sum.plus(product);
        }
        return sum;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dim d && text.equals(d.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
