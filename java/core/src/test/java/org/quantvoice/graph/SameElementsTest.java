package org.quantvoice.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors are the same if type, shape and every element are. */
class SameElementsTest {
    private static final int SIZE = 200_000; // several pieces

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65_535, 65_599, 131_135, SIZE - 1})
    void oneElementDecides(int at) {
        float[] floats = new float[SIZE];
        float[] other = floats.clone();
        other[at] = -0f; // equal as a number, and not the same
        assertThat(ArrayTensor.of(floats, SIZE).sameAs(ArrayTensor.of(floats.clone(), SIZE)))
                .isTrue();
        assertThat(ArrayTensor.of(floats, SIZE).sameAs(ArrayTensor.of(other, SIZE)))
                .isFalse();
        long[] longs = new long[SIZE];
        longs[at] = 1;
        assertThat(ArrayTensor.of(longs, SIZE).sameAs(ArrayTensor.of(longs.clone(), SIZE)))
                .isTrue();
        assertThat(ArrayTensor.of(longs, SIZE).sameAs(ArrayTensor.of(new long[SIZE], SIZE)))
                .isFalse();
        boolean[] flags = new boolean[SIZE];
        flags[at] = true;
        assertThat(ArrayTensor.of(flags, SIZE).sameAs(ArrayTensor.of(flags.clone(), SIZE)))
                .isTrue();
        assertThat(ArrayTensor.of(flags, SIZE).sameAs(ArrayTensor.of(new boolean[SIZE], SIZE)))
                .isFalse();
    }

    @Test
    void shapesAndTypesDecide() {
        ArrayTensor row = ArrayTensor.of(new float[6], 6);
        assertThat(row.sameAs(ArrayTensor.of(new float[6], 2, 3))).isFalse();
        assertThat(row.sameAs(ArrayTensor.of(new long[6], 6))).isFalse();
        assertThat(ArrayTensor.of(new float[0], 0).sameAs(ArrayTensor.of(new float[0], 0)))
                .isTrue();
        float[] notANumber = {Float.NaN};
        assertThat(ArrayTensor.of(notANumber, 1).sameAs(ArrayTensor.of(notANumber.clone(), 1)))
                .isTrue();
    }

    @Test
    void roundedWeightsAreComparedAsTheyAreStored() {
        Int8Tensor weights = int8(1, 1);
        assertThat(weights.sameAs(int8(1, 1))).isTrue();
        assertThat(weights.sameAs(int8(2, 1))).isFalse();
        assertThat(weights.sameAs(int8(1, 2))).isFalse();
        float[] floats = weights.floats();
        assertThat(weights.sameAs(ArrayTensor.of(floats, 2, 3))).isFalse();
        assertThat(ArrayTensor.of(floats, 2, 3).sameAs(weights)).isFalse();
    }

    private static Int8Tensor int8(int value, float scale) {
        byte[] values = new byte[6];
        Arrays.fill(values, (byte) value);
        return new Int8Tensor(ByteBuffer.wrap(values), new float[] {scale, 1}, 2, 3);
    }
}
