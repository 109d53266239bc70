package org.quantvoice.internal.kernels;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a product on its way to memory: {@code x = activation(product + bias) + residual}, then the output type,
 * where 8-bit types are {@code clamp(round_even(x / scale) + zero)}.
 *
 * @param alpha slope of {@link Activation#LEAKY_RELU}
 * @param residual {@code [rows, columns]} or null; may be the output itself
 */
public record Epilogue(
        Activation activation, float alpha, @Nullable FloatBuffer residual, OutputType output, float scale, int zero) {
    /** Floats, with nothing added. */
    public static final Epilogue FLOAT = new Epilogue(Activation.NONE, 0, null, OutputType.FLOAT32, 1, 0);

    /** The int32 sums. */
    public static final Epilogue SUMS = new Epilogue(Activation.NONE, 0, null, OutputType.INT32, 1, 0);

    public Epilogue withActivation(Activation chosen) {
        return new Epilogue(chosen, alpha, residual, output, scale, zero);
    }

    /** With the slope of a leaky ReLU. */
    public Epilogue withLeakyRelu(float slope) {
        return new Epilogue(Activation.LEAKY_RELU, slope, residual, output, scale, zero);
    }

    public Epilogue withResidual(FloatBuffer added) {
        return new Epilogue(activation, alpha, added, output, scale, zero);
    }

    /** To {@link OutputType#UINT8} or {@link OutputType#INT8} with this scale and zero point. */
    public Epilogue quantizedTo(OutputType type, float outputScale, int outputZero) {
        return new Epilogue(activation, alpha, residual, type, outputScale, outputZero);
    }

    public Epilogue to(OutputType type) {
        return new Epilogue(activation, alpha, residual, type, scale, zero);
    }
}
