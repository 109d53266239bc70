package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The door to the kernels; the kernels themselves are tested in native/tests. */
@Tag("arm64")
@Tag("windows")
@Tag("musl")
class KernelsTest {
    private static final int INPUTS = 37;
    private static final int OUTPUTS = 19;

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
    void packedWeightsTakeWhatIsSaid() {
        try (QuantizedMatrix w = QuantizedMatrix.pack(weights, OUTPUTS, INPUTS, scale, null)) {
            assertThat(w.bytes()).isEqualTo(Kernels.packedBytes(OUTPUTS, INPUTS, 8));
        }
        assertThatThrownBy(() -> Kernels.packedBytes(OUTPUTS, INPUTS, 9)).hasMessageContaining("of 9 bits");
    }

    @Test
    void refusesWeightsOutOfRangeAndBuffersThatAreTooSmall() {
        ByteBuffer bad = direct(4);
        bad.put(2, (byte) -128);
        assertThatThrownBy(() -> QuantizedMatrix.pack(bad, 2, 2, new float[2], null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-128 in output channel 1");
        assertThatThrownBy(() -> QuantizedMatrix.pack(weights, OUTPUTS + 1, INPUTS, new float[OUTPUTS + 1], null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weights need 740 elements");
        assertThatThrownBy(() -> QuantizedMatrix.pack(ByteBuffer.allocate(4), 2, 2, new float[2], null))
                .hasMessageContaining("direct");
        assertThatThrownBy(() -> KernelPool.of(0)).hasMessageContaining("not 1..256");
    }

    @Test
    void closeIsIdempotentAndUseAfterwardsFails() {
        KernelPool pool = KernelPool.of(2);
        QuantizedMatrix w = QuantizedMatrix.pack(weights, OUTPUTS, INPUTS, scale, null);
        w.close();
        w.close();
        assertThatThrownBy(w::bytes).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        pool.close();
        pool.close();
        assertThatThrownBy(() -> pool.peakGops(0)).isInstanceOf(IllegalStateException.class);
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
