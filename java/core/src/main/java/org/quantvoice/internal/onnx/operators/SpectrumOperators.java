package org.quantvoice.internal.onnx.operators;

import java.util.List;
import java.util.Map;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.values.Operand;

/** Writes {@code STFT} as a product with the Fourier matrix, which no recipe quantizes. */
final class SpectrumOperators {
    private static final int MOST_POINTS = 1 << 14;

    private SpectrumOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("STFT", SpectrumOperators::shortTime);
    }

    /**
     * Writes {@code STFT}. Its operands are the signal, {@code [batch, samples]} or with another axis of size 1, the
     * step, the window and the length; the result is {@code [.., frames, bins, 2]}.
     */
    private static List<Operand> shortTime(Call call) {
        Value x = call.value(0);
        Shape shape = x.shape();
        boolean real = shape.rank() == 2 || shape.rank() == 3 && shape.dim(2).is(1);
        Dim step = call.dim(1);
        Dim length = call.has(3) ? call.dim(3) : call.shape(2).dim(0);
        boolean fixed = step.isConstant() && length.isConstant();
        if (!real || !fixed || length.constant() < 1 || length.constant() > MOST_POINTS || step.constant() < 1) {
            throw call.unsupported("of a complex signal, or with a length that is not fixed");
        }
        int points = (int) length.constant();
        int bins = call.integer("onesided", 1) != 0 ? points / 2 + 1 : points;
        Attributes window = Attributes.of(
                "stride", new int[] {Math.toIntExact(step.constant())},
                "padding", new int[] {0},
                "dilation", new int[] {1},
                "groups", 1);
        Value rows = call.reshape(x, List.of(shape.dim(0), Dim.ONE, shape.dim(1)));
        Value matrix = call.build().constant("", fourier(points, bins, window(call, points)));
        Value spectrum = call.add(Op.CONV1D, window.with(LayerPrecision.EXACT, true), rows, matrix);
        Dim frames = spectrum.shape().dim(2);
        Value parts = call.reshape(spectrum, List.of(shape.dim(0), Dim.of(2), Dim.of(bins), frames));
        return call.floats(call.transpose(parts, 0, 3, 2, 1));
    }

    private static float[] window(Call call, int points) {
        if (!call.has(2)) {
            float[] ones = new float[points];
            java.util.Arrays.fill(ones, 1);
            return ones;
        }
        TensorData data = call.graph()
                .constant(call.value(2))
                .orElseThrow(() -> call.unsupported("with a window that is computed at run time"))
                .data();
        float[] window = data.floats();
        if (window.length != points) {
            throw call.unsupported("with a window of " + window.length + " points");
        }
        return window;
    }

    /** Returns the Fourier matrix {@code [2 bins, 1, points]}: cosines, then negative sines. */
    private static ArrayTensor fourier(int points, int bins, float[] window) {
        float[] all = new float[Math.multiplyExact(2 * bins, points)];
        for (int k = 0; k < bins; k++) {
            for (int n = 0; n < points; n++) {
                double angle = 2 * Math.PI * ((long) k * n % points) / points;
                all[k * points + n] = (float) (Math.cos(angle) * window[n]);
                all[(bins + k) * points + n] = (float) (-Math.sin(angle) * window[n]);
            }
        }
        return ArrayTensor.of(all, 2L * bins, 1, points);
    }
}
