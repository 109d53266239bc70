package org.quantvoice.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Divides {@link Dim} polynomials, rounding down or exactly. */
final class DimDivision {

    private static final int MAX_STEPS = 64;

    private DimDivision() {}

    static Dim floor(Dim dividend, Dim divisor) {
        if (divisor.is(0)) {
            throw new ArithmeticException("got division of " + dividend + " by zero");
        }
        Optional<Dim> exact = exact(dividend, divisor);
        if (exact.isPresent()) {
            return exact.get();
        }
        if (!divisor.isConstant() || divisor.constant() < 0) {
            return Dim.of(new DimAtom.Quotient(dividend, divisor));
        }
        return floorByConstant(dividend, divisor.constant());
    }

    /** Moves whole multiples of the divisor out: {@code floor((k p + r) / k) = p + floor(r / k)}. */
    private static Dim floorByConstant(Dim dividend, long divisor) {
        TreeMap<List<DimAtom>, Long> whole = new TreeMap<>(Dim.ORDER);
        TreeMap<List<DimAtom>, Long> rest = new TreeMap<>(Dim.ORDER);
        for (Map.Entry<List<DimAtom>, Long> term : dividend.terms().entrySet()) {
            long factor = term.getValue();
            if (term.getKey().isEmpty()) {
                whole.put(List.of(), Math.floorDiv(factor, divisor));
                rest.put(List.of(), Math.floorMod(factor, divisor));
            } else if (factor % divisor == 0) {
                whole.put(term.getKey(), factor / divisor);
            } else {
                rest.put(term.getKey(), factor);
            }
        }
        return new Dim(whole).plus(quotient(new Dim(rest), divisor));
    }

    /** Merges nested quotients: {@code floor((floor(x / a) + k) / b) = floor((x + a k) / (a b))}. */
    private static Dim quotient(Dim rest, long divisor) {
        if (rest.isConstant()) {
            return Dim.of(Math.floorDiv(rest.constant(), divisor));
        }
        Dim variable = rest.plus(-rest.offset());
        Map.Entry<List<DimAtom>, Long> first = variable.terms().firstEntry();
        if (variable.terms().size() == 1
                && first.getValue() == 1
                && first.getKey().size() == 1
                && first.getKey().get(0) instanceof DimAtom.Quotient inner
                && inner.divisor().isConstant()
                && inner.divisor().constant() > 0) {
            long a = inner.divisor().constant();
            Dim merged = inner.dividend().plus(Math.multiplyExact(a, rest.offset()));
            return floor(merged, Dim.of(Math.multiplyExact(a, divisor)));
        }
        return Dim.of(new DimAtom.Quotient(rest, Dim.of(divisor)));
    }

    /** Divides by the leading term step by step; empty if a remainder is left. */
    static Optional<Dim> exact(Dim dividend, Dim divisor) {
        if (divisor.is(0)) {
            return Optional.empty();
        }
        Dim quotient = Dim.ZERO;
        Dim rest = dividend;
        for (int step = 0; step < MAX_STEPS && !rest.is(0); step++) {
            Optional<Dim> term = leadingQuotient(rest, divisor);
            if (term.isEmpty()) {
                return Optional.empty();
            }
            quotient = quotient.plus(term.get());
            rest = rest.minus(term.get().times(divisor));
        }
        return rest.is(0) ? Optional.of(quotient) : Optional.empty();
    }

    private static Optional<Dim> leadingQuotient(Dim dividend, Dim divisor) {
        Map.Entry<List<DimAtom>, Long> top = dividend.terms().firstEntry();
        Map.Entry<List<DimAtom>, Long> bottom = divisor.terms().firstEntry();
        if (top.getValue() % bottom.getValue() != 0) {
            return Optional.empty();
        }
        List<DimAtom> atoms = new ArrayList<>(top.getKey());
        for (DimAtom atom : bottom.getKey()) {
            if (!atoms.remove(atom)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Dim(Map.of(List.copyOf(atoms), top.getValue() / bottom.getValue())));
    }
}
