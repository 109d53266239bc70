package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

public class StridedTest {

    /** The element of the buffer at each place of the tensor, in row-major order. */
    private static long[] elements(Strided t) {
        long[] all = new long[Math.toIntExact(t.size())];
        for (int i = 0; i < all.length; i++) {
            long rest = i;
            long at = t.offset();
            for (int axis = t.rank() - 1; axis >= 0; axis--) {
                at += rest % t.dims()[axis] * t.strides()[axis];
                rest /= t.dims()[axis];
            }
            all[i] = at;
        }
        return all;
    }

    @Property
    void reshapingKeepsTheOrderOfElements(@ForAll("tensors") Strided t, @ForAll("splits") long[] target) {
        if (Strided.product(target) != t.size()) {
            return;
        }
        Optional<Strided> reshaped = t.reshape(target);
        reshaped.ifPresent(r -> assertThat(elements(r)).isEqualTo(elements(t)));
        if (t.isDense()) {
            assertThat(reshaped).isPresent();
        }
    }

    @Property
    void rowsAreTheElementsRowByRow(@ForAll("tensors") Strided t) {
        t.rows().ifPresent(rows -> {
            long[] expected = elements(t);
            int at = 0;
            for (long r = 0; r < rows.rows(); r++) {
                for (long c = 0; c < rows.columns(); c++) {
                    assertThat(rows.offset() + r * rows.stride() + c).isEqualTo(expected[at++]);
                }
            }
            assertThat(at).isEqualTo(expected.length);
        });
    }

    @Provide
    Arbitrary<long[]> splits() {
        return Arbitraries.of(2L, 3L, 1L, 4L, 6L, 12L)
                .array(long[].class)
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<Strided> tensors() {
        Arbitrary<long[]> dims =
                Arbitraries.of(1L, 2L, 3L, 4L).array(long[].class).ofMinSize(3).ofMaxSize(3);
        return dims.flatMap(d -> Arbitraries.of(0, 1, 2, 3, 4).map(kind -> {
            Strided t = Strided.floats(d);
            return switch (kind) {
                case 1 -> t.transpose(0, 2, 1);
                case 2 -> t.transpose(2, 0, 1);
                case 3 -> t.slice(1, d[1] / 2, d[1] - d[1] / 2, 1);
                case 4 -> t.slice(0, 0, (d[0] + 1) / 2, 2);
                default -> t;
            };
        }));
    }

    @Test
    void aColumnSliceOfRowsIsRows() {
        Strided wide = Strided.floats(1, 5, 12);
        Strided.Rows rows = wide.slice(2, 4, 4, 1).rows().orElseThrow();
        assertThat(rows).isEqualTo(new Strided.Rows(wide.buffer(), 4, 5, 4, 12));
    }

    @Test
    void splittingHeadsMovesNothing() {
        Strided heads =
                Strided.floats(1, 5, 12).reshape(1, 5, 3, 4).orElseThrow().transpose(0, 2, 1, 3);
        assertThat(heads.strides()).containsExactly(60, 4, 12, 1);
        assertThat(heads.transpose(0, 2, 1, 3).reshape(1, 5, 12)).isPresent();
        assertThat(heads.reshape(1, 15, 4)).isEmpty();
    }
}
