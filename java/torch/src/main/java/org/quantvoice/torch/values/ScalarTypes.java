package org.quantvoice.torch.values;

import org.bytedeco.pytorch.global.torch.ScalarType;
import org.quantvoice.graph.DType;

/** The integers by which TorchScript names element types. */
public final class ScalarTypes {

    /** The number of the element type of int8 activations. */
    public static final int QUINT8 = ScalarType.QUInt8.value;

    private ScalarTypes() {}

    public static ScalarType of(int code) {
        for (ScalarType type : ScalarType.values()) {
            if (type.value == code) {
                return type;
            }
        }
        return ScalarType.Undefined;
    }

    public static int code(DType type) {
        ScalarType scalar =
                switch (type) {
                    case FLOAT -> ScalarType.Float;
                    case INT -> ScalarType.Long;
                    case BOOL -> ScalarType.Bool;
                };
        return scalar.value;
    }
}
