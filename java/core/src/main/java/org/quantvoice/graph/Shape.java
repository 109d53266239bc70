package org.quantvoice.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.quantvoice.error.ModelFormatException;

/**
 * The sizes of a tensor's axes, slowest first.
 *
 * @param dims one for each axis; none for a scalar tensor
 */
public record Shape(List<Dim> dims) {

    public Shape {
        dims = List.copyOf(dims);
    }

    public static Shape of(Dim... dims) {
        return new Shape(Arrays.asList(dims));
    }

    public static Shape of(long... sizes) {
        return new Shape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
    }

    public int rank() {
        return dims.size();
    }

    /** Returns the size of an axis; negative axes count from the end. */
    public Dim dim(int axis) {
        return dims.get(axis(axis));
    }

    /** Returns the index of an axis counted from the front. */
    public int axis(int axis) {
        int normal = axis < 0 ? axis + rank() : axis;
        if (normal < 0 || normal >= rank()) {
            throw new ModelFormatException(
                    "axis " + axis + " of a tensor " + this,
                    "an axis from " + -rank() + " to " + (rank() - 1),
                    "check the model's export");
        }
        return normal;
    }

    public Shape with(int axis, Dim size) {
        List<Dim> changed = new ArrayList<>(dims);
        changed.set(axis(axis), size);
        return new Shape(changed);
    }

    /** Returns the number of elements. */
    public Dim size() {
        Dim product = Dim.ONE;
        for (Dim dim : dims) {
            product = product.times(dim);
        }
        return product;
    }

    public boolean isConstant() {
        return dims.stream().allMatch(Dim::isConstant);
    }

    /**
     * Returns the sizes for given symbols; a negative size is an error, because the input is too short for the model.
     */
    public long[] evaluate(Map<String, Long> sizes) {
        long[] result = new long[rank()];
        for (int i = 0; i < result.length; i++) {
            result[i] = dims.get(i).evaluate(sizes);
            if (result[i] < 0) {
                throw new ModelFormatException(
                        "sizes " + sizes + ", which make a tensor " + this + " negative",
                        "an input as long as the model's window",
                        "pass a longer input");
            }
        }
        return result;
    }

    @Override
    public String toString() {
        return dims.toString();
    }
}
