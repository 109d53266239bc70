package org.quantvoice.internal.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.program.StepWords;

/**
 * Run by {@link NativeLibraryTest} in a JVM of its own: prints the tier and a digest of products, or the exception. An
 * argument names a tier whose self-check fails.
 */
public final class KernelsProbe {
    private static final int ROWS = 33;
    private static final int OUTPUTS = 65;
    private static final int INPUTS = 127;
    private static final int BLOCK = 16;

    private KernelsProbe() {}

    public static void main(String[] arguments) throws Exception {
        try {
            if (arguments.length > 0) {
                NativeLibrary.load();
                Library.qv_flat_fail_self_check((arguments[0] + "\0").getBytes(StandardCharsets.UTF_8));
            }
            String tier = Kernels.tier();
            System.out.println("tier " + tier);
            System.out.println("digest " + digest(1));
            System.out.println("digest " + digest(2));
        } catch (QuantVoiceException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /** Of rows quantized by their own range, their products, and those through GELU. */
    private static String digest(int threads) throws Exception {
        Random random = new Random(17);
        ByteBuffer weights = random(random, OUTPUTS * INPUTS);
        float[] in = new float[ROWS * INPUTS];
        for (int i = 0; i < in.length; i++) {
            in[i] = random.nextFloat() * 4 - 2;
        }
        float[] scale = new float[OUTPUTS];
        Arrays.fill(scale, 0.01f);
        float[] out = new float[2 * ROWS * OUTPUTS];
        try (KernelPool pool = KernelPool.of(threads);
                QuantizedMatrix w = QuantizedMatrix.pack(weights, OUTPUTS, INPUTS, scale, null);
                NativeProgram program = program(w, 4L * in.length, 4L * (in.length + out.length));
                Arena arena = Arena.of(program.arenaBytes())) {
            arena.write(0, in);
            program.run(pool, arena);
            arena.read(4L * in.length, out);
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * out.length);
        bytes.asFloatBuffer().put(out);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }

    private static NativeProgram program(QuantizedMatrix w, long out, long arenaBytes) {
        long scales = (long) BLOCK * INPUTS + 3 & ~3;
        long zeros = scales + 4L * BLOCK;
        long gelu = out + 4L * ROWS * OUTPUTS;
        StepWords.Gemm gemm =
                new StepWords.Gemm(0, BLOCK, ROWS, INPUTS, OUTPUTS, ~0L, 2, ~scales, ~zeros, w.address(), 0, out);
        long[] words = new StepWords()
                .quantizeRows(BLOCK, ROWS, INPUTS, 0, ~0L, ~scales, ~zeros)
                .gemm(gemm)
                .unary(0, BLOCK, ROWS, OUTPUTS, out, 1, 0, "GELU", gelu)
                .words();
        return NativeProgram.create(words, arenaBytes, zeros + 4L * BLOCK);
    }

    private static ByteBuffer random(Random random, int bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes; i++) {
            buffer.put(i, (byte) (random.nextInt(255) - 127));
        }
        return buffer;
    }
}
