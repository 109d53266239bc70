package org.quantvoice.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.quantvoice.error.QuantVoiceException;

/** Run by {@link NativeLibraryTest} in a JVM of its own: prints the tier and a digest of products, or the exception. */
final class KernelsProbe {
    private static final int ROWS = 33;
    private static final int OUTPUTS = 65;
    private static final int INPUTS = 127;

    private KernelsProbe() {}

    public static void main(String[] arguments) throws Exception {
        try {
            String tier = Kernels.tier();
            System.out.println("tier " + tier);
            System.out.println("digest " + digest(1));
            System.out.println("digest " + digest(2));
        } catch (QuantVoiceException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static String digest(int threads) throws Exception {
        Random random = new Random(17);
        ByteBuffer weights = random(random, OUTPUTS * INPUTS);
        ByteBuffer activations = random(random, ROWS * INPUTS);
        float[] scale = new float[OUTPUTS];
        Arrays.fill(scale, 0.01f);
        QuantizedRows rows = new QuantizedRows(activations, ROWS, INPUTS, new float[] {0.02f}, new int[] {131});
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (KernelPool pool = KernelPool.of(threads);
                QuantizedMatrix w = QuantizedMatrix.pack(weights, OUTPUTS, INPUTS, scale, null)) {
            ByteBuffer sums = ByteBuffer.allocateDirect(4 * ROWS * OUTPUTS);
            Kernels.qgemm(pool, rows, w, Epilogue.SUMS, sums);
            digest.update(sums);
            ByteBuffer bytes = ByteBuffer.allocateDirect(ROWS * OUTPUTS);
            Epilogue gelu = Epilogue.FLOAT.withActivation(Activation.GELU).quantizedTo(OutputType.UINT8, 0.05f, 9);
            Kernels.qgemm(pool, rows, w, gelu, bytes);
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static ByteBuffer random(Random random, int bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes; i++) {
            buffer.put(i, (byte) (random.nextInt(255) - 127));
        }
        return buffer;
    }
}
