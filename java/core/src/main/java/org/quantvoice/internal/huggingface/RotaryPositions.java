package org.quantvoice.internal.huggingface;

import java.util.Arrays;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/** Rotates pairs of channels of a head by angles that grow with the frame (Su et al., "RoFormer", 2021). */
final class RotaryPositions {
    private final Value cosine;
    private final Value sine;
    private final int size;

    /**
     * @param time number of frames
     * @param size number of channels of a head
     * @param rates of the pairs, {@code size / 2}
     */
    RotaryPositions(Modules modules, String path, Dim time, int size, float[] rates) {
        this.size = size;
        float[] twice = Arrays.copyOf(rates, size);
        System.arraycopy(rates, 0, twice, size / 2, size / 2);
        Value frames = RelativePositions.range(modules, path, Dim.ZERO, time, 1);
        Value column = modules.reshape(path, frames, time, Dim.ONE);
        Value angles = modules.product(path, column, modules.floats(path + ".rates", twice, 1, size));
        this.cosine = modules.add(Op.COS, path, Attributes.NONE, angles);
        this.sine = modules.add(Op.SIN, path, Attributes.NONE, angles);
    }

    /** Rotates {@code [batch, heads, time, size]} by the positions. */
    Value turn(Modules modules, String path, Value x) {
        Value begin = modules.slice(path, x, 3, Dim.ZERO, Dim.of(size / 2));
        Value end = modules.slice(path, x, 3, Dim.of(size / 2), Dim.of(size));
        Value crossed = modules.add(
                Op.CONCAT, path, Attributes.of("axis", 3), modules.add(Op.NEG, path, Attributes.NONE, end), begin);
        return modules.sum(path, modules.product(path, x, cosine), modules.product(path, crossed, sine));
    }
}
