package org.quantvoice.internal.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.quantize.BitAllocation;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

class WeightLevelsTest {
    private static List<WeightFormat> formats() {
        List<WeightFormat> all = new ArrayList<>();
        for (WeightScheme scheme : WeightScheme.values()) {
            BitAllocation.ladder(scheme).stream()
                    .filter(WeightFormat::isInteger)
                    .forEach(all::add);
        }
        return all;
    }

    @Test
    void linearLevelsAreAllNumbersOfTheWidth() {
        assertThat(WeightLevels.of(WeightFormat.linear(2)).table()).containsExactly(0, -1, 0, 1);
        assertThat(WeightLevels.of(WeightFormat.linear(3)).table()).containsExactly(0, -3, -2, -1, 0, 1, 2, 3);
        assertThat(WeightLevels.of(WeightFormat.INT8).top()).isEqualTo(127);
    }

    @Test
    void logarithmicLevelsUpTo4BitsArePowersOf2() {
        assertThat(WeightLevels.of(WeightFormat.log2(3)).table()).containsExactly(0, -64, -32, -16, 0, 16, 32, 64);
        byte[] four = WeightLevels.of(WeightFormat.log2(4)).table();
        assertThat(four).containsExactly(0, -64, -32, -16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16, 32, 64);
    }

    @Test
    void from5BitsTheyAreHalvesOfTheLogarithm() {
        byte[] five = WeightLevels.of(WeightFormat.log2(5)).table();
        assertThat(java.util.Arrays.copyOfRange(five, 16, 32))
                .containsExactly(0, 1, 2, 3, 4, 6, 8, 11, 16, 22, 32, 45, 64, 90, 127, 0);
    }

    @Test
    void everyNumberGoesToTheNearestLevel() {
        Random random = new Random(5);
        for (WeightFormat format : formats()) {
            WeightLevels levels = WeightLevels.of(format);
            byte[] table = levels.table();
            for (int n = 0; n < 4000; n++) {
                float x = n < 1600 ? (n - 800) / 4f : (random.nextFloat() - 0.5f) * 300;
                double least = Double.POSITIVE_INFINITY;
                for (byte level : table) {
                    least = Math.min(least, Math.abs(x - level));
                }
                int chosen = levels.nearest(x);
                assertThat(Math.abs(x - chosen)).as("%s of %s", x, format).isEqualTo((float) least);
                assertThat(levels.nearest(-x)).as("-%s of %s", x, format).isEqualTo(-chosen);
                assertThat((int) levels.value(levels.code(chosen))).isEqualTo(chosen);
            }
        }
    }

    @Test
    void otherWidthsAreRefused() {
        for (int bits : new int[] {-1, 0, 1, 9, 15, 17, 31, 33}) {
            assertThatThrownBy(() -> WeightFormat.linear(bits))
                    .isInstanceOf(QuantizationException.class)
                    .hasMessageContaining("got weights of " + bits + " bits, linear; expected 2 to 8");
        }
        assertThatThrownBy(() -> WeightFormat.log2(2)).hasMessageContaining("expected 3 to 8");
    }

    @Test
    void textsAreReadBack() {
        List<WeightFormat> all = new ArrayList<>(formats());
        all.add(WeightFormat.BFLOAT16);
        all.add(WeightFormat.FLOAT);
        for (WeightFormat format : all) {
            assertThat(WeightFormat.parse(format.toString())).isEqualTo(format);
        }
        for (String text : List.of("", "int", "int99", "log2", "int999999", "half")) {
            assertThatThrownBy(() -> WeightFormat.parse(text)).isInstanceOf(QuantizationException.class);
        }
    }
}
