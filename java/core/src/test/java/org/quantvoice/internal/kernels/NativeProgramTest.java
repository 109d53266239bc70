package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quantvoice.internal.program.StepOp;
import org.quantvoice.internal.program.StepWords;

@Tag("arm64")
@Tag("windows")
@Tag("musl")
public class NativeProgramTest {
    /** out[r, :] = relu(in[r, :] * 2 + 1), in at 0, out behind it. */
    private static long[] relu(int rows, int n) {
        long bytes = 4L * rows * n;
        return new StepWords().unary(-1, 0, rows, n, 0, 2, 1, "RELU", bytes).words();
    }

    /** Rows of two floats of a table of three, by the indexes at 0, to 64. */
    private static StepWords gather(int rows, long table) {
        return new StepWords()
                .add(
                        StepOp.GATHER,
                        -1,
                        0,
                        "rows",
                        rows,
                        "n",
                        2,
                        "entries",
                        3,
                        "index",
                        0,
                        "table",
                        table,
                        "out",
                        64,
                        "out_ld",
                        2);
    }

    private static float[] random(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 4 - 2;
        }
        return values;
    }

    @Test
    void runsStepsOnAnArena() {
        int rows = 37;
        int n = 19;
        float[] in = random(new Random(1), rows * n);
        try (KernelPool pool = KernelPool.of(2);
                NativeProgram program = NativeProgram.create(relu(rows, n), 8L * rows * n, 0);
                Arena arena = Arena.of(program.arenaBytes())) {
            arena.write(0, in);
            long[] nanos = program.profile(pool, arena);
            float[] out = new float[rows * n];
            arena.read(4L * rows * n, out);
            for (int i = 0; i < out.length; i++) {
                assertThat(out[i]).isEqualTo(Math.max(Math.fma(in[i], 2, 1), 0));
            }
            assertThat(program.steps()).isEqualTo(1);
            assertThat(nanos).hasSize(1);
            assertThat(nanos[0]).isPositive();
        }
    }

    /** Quantized rows and a product in one group, the bytes in block-local scratch; the weights' owner is closed. */
    @Test
    void programKeepsItsWeightsAlive() {
        int rows = 50;
        int k = 24;
        int n = 9;
        int block = 28;
        Random random = new Random(2);
        float[] in = random(random, rows * k);
        float[] bias = random(random, n);
        float[] weights = new float[n * k];
        ByteBuffer bytes = ByteBuffer.allocateDirect(n * k);
        for (int i = 0; i < n * k; i++) {
            bytes.put(i, (byte) (random.nextInt(255) - 127));
            weights[i] = 0.01f * bytes.get(i);
        }
        float[] scale = new float[n];
        Arrays.fill(scale, 0.01f);
        long scales = (long) block * k;
        long zeros = scales + 4L * block;
        NativeProgram program;
        try (QuantizedMatrix matrix = QuantizedMatrix.pack(bytes, n, k, scale, bias)) {
            StepWords.Gemm gemm = new StepWords.Gemm(
                    0, block, rows, k, n, ~0L, 2, ~scales, ~zeros, matrix.address(), 0, 4L * rows * k);
            long[] words = new StepWords()
                    .quantizeRows(block, rows, k, 0, ~0L, ~scales, ~zeros)
                    .gemm(gemm)
                    .words();
            program = NativeProgram.create(words, 4L * rows * (k + n), zeros + 4L * block);
        }
        try (program) {
            expectProduct(program, in, weights, bias, 0.2);
        }
    }

    @Test
    void floatLayersStayFloat() {
        int rows = 9;
        int k = 20;
        int n = 6;
        Random random = new Random(3);
        float[] in = random(random, rows * k);
        float[] bias = random(random, n);
        float[] values = random(random, n * k);
        FloatBuffer weights = ByteBuffer.allocateDirect(4 * n * k)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        weights.put(0, values);
        for (boolean bfloat16 : new boolean[] {false, true}) {
            try (FloatMatrix matrix = FloatMatrix.pack(weights, n, k, bias, bfloat16)) {
                StepWords.Gemm gemm = new StepWords.Gemm(
                        -1,
                        0,
                        rows,
                        k,
                        n,
                        0,
                        0,
                        StepWords.NONE,
                        StepWords.NONE,
                        matrix.address(),
                        bfloat16 ? 1 : 2,
                        4L * rows * k);
                long[] words = new StepWords().gemm(gemm).words();
                try (NativeProgram program = NativeProgram.create(words, 4L * rows * (k + n), 0)) {
                    expectProduct(program, in, values, bias, bfloat16 ? 0.1 : 1e-4);
                }
            }
        }
    }

    /** Runs a program that reads {@code in} at 0 and writes its product with the weights behind it. */
    private static void expectProduct(
            NativeProgram program, float[] in, float[] weights, float[] bias, double tolerance) {
        int n = bias.length;
        int k = weights.length / n;
        float[] out = new float[in.length / k * n];
        try (KernelPool pool = KernelPool.of(2);
                Arena arena = Arena.of(program.arenaBytes())) {
            arena.write(0, in);
            program.run(pool, arena);
            arena.read(4L * in.length, out);
        }
        for (int i = 0; i < out.length; i++) {
            double sum = bias[i % n];
            for (int j = 0; j < k; j++) {
                sum += (double) in[i / n * k + j] * weights[i % n * k + j];
            }
            assertThat((double) out[i]).isCloseTo(sum, within(tolerance));
        }
    }

    @Test
    void constantsAreBoundByTheirBlock() {
        int rows = 3;
        float[] table = {0, 1, 2, 3, 4, 5, 6, 7};
        try (NativeFloats floats = NativeFloats.of(table);
                KernelPool pool = KernelPool.of(1);
                Arena arena = Arena.of(256)) {
            StepWords whole = gather(rows, floats.address(2));
            try (NativeProgram program = NativeProgram.create(whole.words(), 256, 0)) {
                arena.write(0, new float[] {2, 0, 1});
                program.run(pool, arena);
                float[] out = new float[6];
                arena.read(64, out);
                assertThat(out).containsExactly(6, 7, 2, 3, 4, 5);
                arena.write(0, new float[] {3, 0, 1});
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> program.run(pool, arena))
                        .withMessageContaining("index");
            }
            StepWords beyond = gather(rows, floats.address(3));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NativeProgram.create(beyond.words(), 256, 0))
                    .withMessageContaining("step 0 (GATHER)");
        }
    }

    @Test
    void malformedProgramsAreNamed() {
        long[] words = relu(4, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NativeProgram.create(words, 127, 0))
                .withMessageContaining("step 0 (UNARY): out");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NativeProgram.create(Arrays.copyOf(words, words.length - 1), 128, 0))
                .withMessageContaining("no whole step");
        assertThatIllegalArgumentException().isThrownBy(() -> NativeProgram.create(words, -1, 0));
        try (KernelPool pool = KernelPool.of(1);
                NativeProgram program = NativeProgram.create(words, 128, 0);
                Arena small = Arena.of(127)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> program.run(pool, small))
                    .withMessageContaining("an arena of 127 bytes");
        }
    }

    @Test
    void arenasCheckTheirBounds() {
        try (Arena arena = Arena.of(16)) {
            arena.write(8, new float[] {1, 2});
            float[] out = new float[4];
            arena.read(0, out);
            assertThat(out).containsExactly(0, 0, 1, 2);
            assertThatIllegalArgumentException().isThrownBy(() -> arena.write(12, new float[2]));
            assertThatIllegalArgumentException().isThrownBy(() -> arena.write(-4, new float[1]));
            assertThatIllegalArgumentException().isThrownBy(() -> arena.write(2, new float[1]));
            assertThatIllegalArgumentException().isThrownBy(() -> arena.read(Long.MAX_VALUE - 3, new float[1]));
            arena.close();
            assertThatIllegalStateException().isThrownBy(() -> arena.write(0, new float[1]));
        }
    }

    /** Run, close, close again and run after close from many threads: results or IllegalStateException, nothing else. */
    @Test
    void closingDuringRunsIsSafe() throws Exception {
        int rows = 64;
        int n = 64;
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (KernelPool pool = KernelPool.of(2)) {
            for (int round = 0; round < 40; round++) {
                NativeProgram program = NativeProgram.create(relu(rows, n), 8L * rows * n, 0);
                Arena shared = Arena.of(program.arenaBytes());
                List<Future<?>> futures = new ArrayList<>();
                for (int t = 0; t < 8; t++) {
                    Random random = new Random(round * 8L + t);
                    futures.add(threads.submit(() -> runAndClose(pool, program, shared, random)));
                }
                for (Future<?> future : futures) {
                    future.get();
                }
                program.close();
                shared.close();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void runAndClose(KernelPool pool, NativeProgram program, Arena shared, Random random) {
        for (int i = 0; i < 30; i++) {
            try {
                switch (random.nextInt(24)) {
                    case 0 -> program.close();
                    case 1 -> shared.close();
                    default -> program.run(pool, shared);
                }
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("is closed");
            }
        }
    }
}
