package org.quantvoice.internal.exec;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.kernels.FloatMatrix;
import org.quantvoice.internal.kernels.PackedMatrix;
import org.quantvoice.internal.kernels.QuantizedMatrix;

/**
 * The number format and sizes of a packed matrix, from which it can be restored with its content.
 *
 * @param bits 2 to 8 for whole numbers, 16 for bfloat16, 32 for float
 * @param outputs rows of the weights
 * @param inputs columns
 * @param levels levels of fewer than 8 bits, if they are not the width's usual ones; else null
 */
@SuppressWarnings("ArrayRecordComponent")
record PackedForm(int bits, int outputs, int inputs, byte @Nullable [] levels) {
    private static final int BFLOAT16 = 16;
    private static final int FLOAT = 32;

    static PackedForm floats(int outputs, int inputs, boolean bfloat16) {
        return new PackedForm(bfloat16 ? BFLOAT16 : FLOAT, outputs, inputs, null);
    }

    /**
     * Restores a matrix from its content.
     *
     * @param content direct
     * @throws IllegalArgumentException if the content is not of this form
     */
    PackedMatrix restore(ByteBuffer content) {
        return bits == BFLOAT16 || bits == FLOAT
                ? FloatMatrix.restore(content, outputs, inputs, bits == BFLOAT16)
                : QuantizedMatrix.restore(content, outputs, inputs, bits, levels);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(bits);
        out.writeInt(outputs);
        out.writeInt(inputs);
        out.writeInt(levels == null ? 0 : levels.length);
        if (levels != null) {
            out.write(levels);
        }
    }

    static PackedForm read(DataInputStream in) throws IOException {
        int bits = in.readInt();
        int outputs = in.readInt();
        int inputs = in.readInt();
        int count = in.readInt();
        if (count < 0 || count > 1 << Byte.SIZE) {
            throw new IOException("packed weights of " + count + " levels");
        }
        return new PackedForm(bits, outputs, inputs, count == 0 ? null : in.readNBytes(count));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PackedForm form
                && bits == form.bits
                && outputs == form.outputs
                && inputs == form.inputs
                && Arrays.equals(levels, form.levels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * bits + outputs) + inputs;
    }
}
