package org.quantvoice.torch.values;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Value;
import org.quantvoice.quant.ActivationRange;

/**
 * A variable that holds a tensor: a {@link Value} of the graph, a {@link Tensor} that does not depend on the input, or a
 * {@link Dim} (traces keep sizes in tensors). Operators in place change the variable. A view whose place in its source
 * is known ({@link Window}) writes a change through to the source, and is read again from there after another change.
 * Other views of the same storage notice that they are out of date, and reading them is refused.
 */
public final class TensorRef {

    /** The place of a view in the tensor that it was taken from, its source. */
    public interface Window {

        /** Returns what the view shows of the source as the source is now. */
        TensorRef read();

        /**
         * Returns the source after a change of the view.
         *
         * @param source the source before the change
         * @param view the view after the change
         * @throws UnsupportedOperatorException if the graph has no form for it
         */
        TensorRef write(TensorRef source, TensorRef view);
    }

    private static final class Storage {
        int version;
    }

    /**
     * The content of a source after a change of its view. It is made when it is first read, because most sources are never
     * read again.
     */
    private static final class Written {
        private final Window window;
        private final Object source;
        private final Object view;
        private @Nullable Object made;

        Written(Window window, Object source, Object view) {
            this.window = window;
            this.source = resolved(source); // or a loop of changes would nest as deep as it has rounds
            this.view = view;
        }

        Object content() {
            Object known = made;
            if (known == null) {
                known = window.write(new TensorRef(source, new Storage()), new TensorRef(view, new Storage()))
                        .content();
                made = known;
            }
            return known;
        }
    }

    private static Object resolved(Object content) {
        return content instanceof Written written ? written.content() : content;
    }

    private final Storage storage;
    private final @Nullable TensorRef source;
    private final @Nullable Window window;
    private Object content;
    private int version;
    private boolean overlapping;
    private @Nullable ActivationRange range;

    private TensorRef(Object content, Storage storage) {
        this(content, storage, null, null);
    }

    private TensorRef(Object content, Storage storage, @Nullable TensorRef source, @Nullable Window window) {
        this.content = content;
        this.storage = storage;
        this.source = source;
        this.window = window;
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

    /**
     * Returns a tensor that may share this one's storage.
     *
     * @param window its place in this tensor; null if it is not known, or not known to be shared
     */
    public TensorRef view(TensorRef result, @Nullable Window window) {
        TensorRef view = new TensorRef(result.content(), storage, this, overlapping ? null : window);
        view.overlapping = overlapping;
        return view;
    }

    /**
     * Says that elements of this view share memory with each other, as those of an expanded tensor do. A change of a part
     * changes other parts too, so that no view of it has a known place.
     */
    public TensorRef overlapping() {
        overlapping = true;
        return this;
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
        List<TensorRef> changed = new ArrayList<>(List.of(this));
        TensorRef at = this;
        while (at.source != null && at.window != null && at.source.isReadable()) {
            at.source.refresh();
            at.source.content = new Written(at.window, at.source.content, at.content);
            at = at.source;
            changed.add(at);
        }
        storage.version++;
        changed.forEach(each -> each.version = storage.version);
    }

    private boolean isCurrent() {
        return version == storage.version;
    }

    private boolean isReadable() {
        return isCurrent() || (source != null && window != null && source.isReadable());
    }

    private void refresh() {
        if (!isCurrent() && window != null) {
            content = window.read().content();
            version = storage.version;
        }
    }

    public Object content() {
        if (!isReadable()) {
            throw new UnsupportedOperatorException(
                    "a tensor that is read after a view of it was changed in place",
                    "changes in place of tensors without other views",
                    "run this model on the LIBTORCH engine, or write the change out of place");
        }
        refresh();
        content = resolved(content);
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
