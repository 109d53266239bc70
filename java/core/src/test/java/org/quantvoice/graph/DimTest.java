package org.quantvoice.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.ToLongBiFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;

/** Symbolic sizes obey the arithmetic of whole numbers. */
class DimTest {

    /** An expression kept twice: as a Dim, and as what it is to be for given sizes. */
    record Twin(Dim dim, ToLongBiFunction<Long, Long> meaning) {
        long at(long batch, long time) {
            return meaning.applyAsLong(batch, time);
        }
    }

    @Provide
    Arbitrary<Twin> twins() {
        Arbitrary<Twin> leaf = Arbitraries.oneOf(
                Arbitraries.longs().between(-20, 20).map(c -> new Twin(Dim.of(c), (b, t) -> c)),
                Arbitraries.just(new Twin(Dim.symbol("B"), (b, t) -> b)),
                Arbitraries.just(new Twin(Dim.symbol("T"), (b, t) -> t)));
        return grow(grow(grow(leaf)));
    }

    private static Arbitrary<Twin> grow(Arbitrary<Twin> smaller) {
        return Combinators.combine(
                        Arbitraries.of("leaf", "plus", "minus", "times", "floor", "mod", "max", "min"),
                        smaller,
                        smaller,
                        Arbitraries.longs().between(1, 9))
                .as(DimTest::join);
    }

    private static Twin join(String operation, Twin a, Twin b, long divisor) {
        return switch (operation) {
            case "plus" -> new Twin(a.dim.plus(b.dim), (x, y) -> a.at(x, y) + b.at(x, y));
            case "minus" -> new Twin(a.dim.minus(b.dim), (x, y) -> a.at(x, y) - b.at(x, y));
            case "times" -> new Twin(a.dim.times(b.dim), (x, y) -> a.at(x, y) * b.at(x, y));
            case "floor" -> new Twin(a.dim.floorDiv(divisor), (x, y) -> Math.floorDiv(a.at(x, y), divisor));
            case "mod" -> new Twin(a.dim.mod(Dim.of(divisor)), (x, y) -> Math.floorMod(a.at(x, y), divisor));
            case "max" -> new Twin(a.dim.max(b.dim), (x, y) -> Math.max(a.at(x, y), b.at(x, y)));
            case "min" -> new Twin(a.dim.min(b.dim), (x, y) -> Math.min(a.at(x, y), b.at(x, y)));
            default -> a;
        };
    }

    @Property(tries = 500)
    void expressionsMeanWhatTheyAreBuiltFrom(
            @ForAll("twins") Twin twin,
            @ForAll @IntRange(min = 1, max = 99) int batch,
            @ForAll @IntRange(min = 1, max = 9999) int time) {
        Map<String, Long> sizes = Map.of("B", (long) batch, "T", (long) time);
        long expected = twin.at((long) batch, (long) time);
        assertThat(twin.dim.evaluate(sizes)).isEqualTo(expected);
        assertThat(Dim.parse(twin.dim.toString()).evaluate(sizes)).isEqualTo(expected);
        Interval range = twin.dim.range();
        assertThat(expected).isBetween(range.low(), range.high());
    }

    @Property(tries = 300)
    void exactQuotientsTimesTheDivisorAreTheDividend(@ForAll("twins") Twin a, @ForAll("twins") Twin b) {
        a.dim.exactDiv(b.dim).ifPresent(q -> assertThat(q.times(b.dim)).isEqualTo(a.dim));
        if (b.at(3L, 50L) != 0) {
            assertThat(a.dim.times(b.dim).floorDiv(b.dim).evaluate(Map.of("B", 3L, "T", 50L)))
                    .isEqualTo(a.at(3L, 50L));
        }
    }

    @Test
    void aStackOfStridedConvolutionsBecomesOneQuotient() {
        Dim time = Dim.symbol("T");
        int[] kernels = {10, 3, 3, 3, 3, 2, 2};
        int[] strides = {5, 2, 2, 2, 2, 2, 2};
        for (int i = 0; i < kernels.length; i++) {
            time = time.plus(-kernels[i]).floorDiv(strides[i]).plus(1);
        }
        assertThat(time).hasToString("floor(T + 240, 320) - 1");
        assertThat(time.evaluate(Map.of("T", 16000L))).isEqualTo(49);
    }

    @Test
    void comparisonsAreDecidedWhereTheSymbolsAllowIt() {
        Dim time = Dim.symbol("T", 400);
        assertThat(time.plus(-400).isAtLeast(0)).isTrue();
        assertThat(time.plus(-401).isAtLeast(0)).isFalse();
        assertThat(time.times(-2).isAtMost(-800)).isTrue();
        assertThat(time.max(Dim.of(3))).isEqualTo(time);
        assertThat(time.times(Dim.symbol("C", 0)).isAtLeast(0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1 +",
                "floor(T)",
                "floor(T, 0)",
                "max(1, 2",
                "2 3",
                "T)",
                "9999999999999999999999",
                "$",
                "a..b"
            })
    void textThatIsNoExpressionIsRefused(String text) {
        assertThatThrownBy(() -> Dim.parse(text)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void deeplyNestedTextIsRefused() {
        String deep = "floor(".repeat(5000) + "T" + ", 2)".repeat(5000);
        assertThatThrownBy(() -> Dim.parse(deep)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void divisionByZeroAndOverflowThrow() {
        assertThatThrownBy(() -> Dim.symbol("T").floorDiv(0)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Dim.of(Long.MAX_VALUE).plus(1)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Dim.symbol("T").evaluate(Map.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
