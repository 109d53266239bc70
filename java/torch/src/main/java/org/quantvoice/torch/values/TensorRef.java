package org.quantvoice.torch.values;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Value;
import org.quantvoice.quant.ActivationRange;

/**
 * A variable that holds a tensor: a {@link Value} of the graph, a {@link Tensor} that does not depend on the input, or a
 * {@link Dim} (traces keep sizes in tensors). Operators in place change the variable; views of the same storage notice
 * that they are out of date, and reading them is refused.
 */
public final class TensorRef {

    private static final class Storage {
        int version;
    }

    private final Storage storage;
    private Object content;
    private int version;
    private @Nullable ActivationRange range;

    private TensorRef(Object content, Storage storage) {
        this.content = content;
        this.storage = storage;
        this.version = storage.version;
    }

    public static TensorRef of(Value value) {
        return new TensorRef(value, new Storage());
    }

    public static TensorRef of(Tensor tensor) {
        return new TensorRef(tensor, new Storage());
    }

    public static TensorRef of(ComplexTensor complex) {
        return new TensorRef(complex, new Storage());
    }

    public static TensorRef of(Dim size) {
        return new TensorRef(size, new Storage());
    }

    /** Returns a tensor that may share this one's storage. */
    public TensorRef view(TensorRef result) {
        return new TensorRef(result.content(), storage);
    }

    /** Returns the range of a quantized tensor, or null for a float one. */
    @Nullable
    public ActivationRange range() {
        return range;
    }

    /** Makes this a quantized tensor with a range, or a float one with null. */
    public TensorRef ranged(@Nullable ActivationRange how) {
        range = how;
        return this;
    }

    /** Assigns the result of an operator that works in place. */
    public void assign(TensorRef result) {
        content();
        content = result.content();
        storage.version++;
        version = storage.version;
    }

    public Object content() {
        if (version != storage.version) {
            throw new UnsupportedOperatorException(
                    "a tensor that is read after a view of it was changed in place",
                    "changes in place of tensors without other views",
                    "run this model on the LIBTORCH engine, or write the change out of place");
        }
        return content;
    }

    public boolean isFixed() {
        return content() instanceof Tensor;
    }

    @Override
    public String toString() {
        return content instanceof Tensor t ? "tensor of " + t.dim() + " axes" : String.valueOf(content);
    }
}
