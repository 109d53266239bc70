package org.quantvoice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The door to the kernels; the kernels themselves are tested in native/tests. */
@Tag("arm64")
class KernelsTest {
    private static final int ROWS = 5;
    private static final int INPUTS = 37;
    private static final int OUTPUTS = 19;

    private final ByteBuffer activations = random(ROWS * INPUTS, 1);
    private final ByteBuffer weights = random(OUTPUTS * INPUTS, 2);
    private final float[] scale = new float[OUTPUTS];

    KernelsTest() {
        for (int n = 0; n < OUTPUTS; n++) {
            scale[n] = 0.01f * (n + 1);
        }
    }

    @Test
    void tierIsOneOfTheSupported() {
        assertThat(Kernels.supportedTiers()).startsWith("scalar").contains(Kernels.tier());
    }

    @Test
    void sumsAreThoseOfPlainJava() {
        ByteBuffer out = direct(ROWS * OUTPUTS * 4);
        try (KernelPool pool = KernelPool.of(2);
                QuantizedMatrix w = QuantizedMatrix.pack(weights, OUTPUTS, INPUTS, scale, null)) {
            Kernels.qgemm(pool, rows(), w, Epilogue.SUMS, out);
        }
        for (int m = 0; m < ROWS; m++) {
            for (int n = 0; n < OUTPUTS; n++) {
                assertThat(out.getInt(4 * (m * OUTPUTS + n)))
                        .as("m %d n %d", m, n)
                        .isEqualTo(sum(m, n));
            }
        }
    }

    @Test
    void residualMayBeTheOutput() {
        ByteBuffer out = direct(ROWS * OUTPUTS * 4);
        for (int i = 0; i < ROWS * OUTPUTS; i++) {
            out.putFloat(4 * i, i);
        }
        float[] bias = new float[OUTPUTS];
        bias[3] = 2.5f;
        try (KernelPool pool = KernelPool.of(1);
                QuantizedMatrix w = QuantizedMatrix.pack(weights, OUTPUTS, INPUTS, scale, bias)) {
            Epilogue epilogue = Epilogue.FLOAT.withActivation(Activation.RELU).withResidual(out.asFloatBuffer());
            Kernels.qgemm(pool, rows(), w, epilogue, out);
        }
        for (int i = 0; i < ROWS * OUTPUTS; i++) {
            int n = i % OUTPUTS;
            float product = Math.fma((float) sum(i / OUTPUTS, n), 0.5f * scale[n], bias[n]);
            assertThat(out.getFloat(4 * i)).as("element %d", i).isEqualTo(Math.max(product, 0) + i);
        }
    }

    @Test
    void refusesWeightsOutOfRangeAndBuffersThatAreTooSmall() {
        ByteBuffer bad = direct(4);
        bad.put(2, (byte) -128);
        assertThatThrownBy(() -> QuantizedMatrix.pack(bad, 2, 2, new float[2], null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-128 in output channel 1");
        try (KernelPool pool = KernelPool.of(1);
                QuantizedMatrix w = QuantizedMatrix.pack(weights, OUTPUTS, INPUTS, scale, null)) {
            assertThatThrownBy(() -> Kernels.qgemm(pool, rows(), w, Epilogue.FLOAT, direct(ROWS * OUTPUTS * 4 - 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("outputs need 380 elements");
            assertThatThrownBy(() -> Kernels.qgemm(pool, rows(), w, Epilogue.FLOAT, ByteBuffer.allocate(1000)))
                    .hasMessageContaining("direct");
        }
        assertThatThrownBy(() -> KernelPool.of(0)).hasMessageContaining("not 1..256");
    }

    @Test
    void closeIsIdempotentAndUseAfterwardsFails() {
        KernelPool pool = KernelPool.of(2);
        QuantizedMatrix w = QuantizedMatrix.pack(weights, OUTPUTS, INPUTS, scale, null);
        w.close();
        w.close();
        assertThatThrownBy(() -> Kernels.qgemm(pool, rows(), w, Epilogue.SUMS, direct(ROWS * OUTPUTS * 4)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        pool.close();
        pool.close();
    }

    private QuantizedRows rows() {
        return new QuantizedRows(activations, ROWS, INPUTS, new float[] {0.5f}, new int[] {100});
    }

    private int sum(int m, int n) {
        int sum = 0;
        for (int k = 0; k < INPUTS; k++) {
            sum += ((activations.get(m * INPUTS + k) & 0xff) - 100) * weights.get(n * INPUTS + k);
        }
        return sum;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer random(int bytes, long seed) {
        Random random = new Random(seed);
        ByteBuffer buffer = direct(bytes);
        for (int i = 0; i < bytes; i++) {
            buffer.put(i, (byte) (random.nextInt(255) - 127));
        }
        return buffer;
    }
}
