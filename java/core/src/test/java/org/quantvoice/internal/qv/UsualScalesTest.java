package org.quantvoice.internal.qv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.internal.quantize.WeightRounding;
import org.quantvoice.quant.WeightFormat;

/** The scales that weights get where nothing measures their layer's output. */
public class UsualScalesTest {
    private static final int SIZE = 40;

    /** As {@code RoundedWeight} leaves scales: 16 bits of precision. */
    private static float shortened(float scale) {
        float shifted = scale * 257;
        return shifted - (shifted - scale);
    }

    @Property(tries = 300)
    void weightsOnLevelsStayWhatTheyAre(
            @ForAll @IntRange(min = 2, max = 8) int bits,
            @ForAll @IntRange(min = 0, max = 6) int wider,
            @ForAll long seed) {
        Random random = new Random(seed);
        float scale = shortened((float) Math.pow(10, 8 * random.nextDouble() - 6));
        int top = (1 << (bits - 1)) - 1;
        int largest = 1 + random.nextInt(top); // the largest level need not be in use
        float[] weights = new float[3 * SIZE];
        for (int i = 0; i < weights.length; i++) {
            int level = random.nextInt(2 * largest + 1) - largest;
            weights[i] = i < 2 * SIZE ? level * scale : level * scale * 0.7531f;
        }
        WeightFormat format = WeightFormat.linear(Math.min(8, bits + wider));
        ArrayTensor tensor = ArrayTensor.of(weights, 3, SIZE);
        float[] rounded = WeightRounding.round(tensor, format, WeightRounding.usualScales(tensor, format))
                .floats();
        for (int i = 0; i < weights.length; i++) {
            if (i < 2 * SIZE) {
                assertThat(rounded[i]).isEqualTo(weights[i] + 0f);
            } else { // multiplied by what a norm has: as near as floats are
                assertThat((double) rounded[i])
                        .isBetween(weights[i] - 2e-7 * Math.abs(weights[i]), weights[i] + 2e-7 * Math.abs(weights[i]));
            }
        }
    }

    @Property(tries = 50)
    void otherWeightsAndEmptyChannelsGetTheScalesThatTheyHad(
            @ForAll @IntRange(min = 2, max = 8) int bits, @ForAll long seed) {
        Random random = new Random(seed);
        float[] weights = new float[2 * SIZE];
        for (int i = 0; i < SIZE; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        WeightFormat format = WeightFormat.linear(bits);
        ArrayTensor tensor = ArrayTensor.of(weights, 2, SIZE);
        assertThat(WeightRounding.usualScales(tensor, format))
                .isEqualTo(
                        bits == 8
                                ? WeightRounding.minMaxScales(tensor, format)
                                : WeightRounding.leastSquares(tensor, format));
    }
}
