package org.quantvoice.internal.onnx.values;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.onnx.read.ElementType;

/** Reads operands as a few numbers that depend on sizes alone, as models compute shapes. */
public final class SmallNumbers {
    public static final int MOST = 512;

    private SmallNumbers() {}

    /**
     * Returns the numbers of an operand; empty if it has more than {@link #MOST}, other values, or floats that are no
     * short fractions.
     */
    public static Optional<Operand.Sizes> of(Operand operand) {
        if (operand instanceof Operand.Sizes sizes) {
            return Optional.of(sizes);
        }
        if (!(operand instanceof Operand.Fixed fixed) || fixed.data().size() > MOST) {
            return Optional.empty();
        }
        List<Ratio> elements = new ArrayList<>();
        for (double number : numbers(fixed.data())) {
            Optional<Ratio> ratio = Ratio.exact(number);
            if (ratio.isEmpty()) {
                return extreme(fixed);
            }
            elements.add(ratio.get());
        }
        return Optional.of(sizes(fixed.type(), fixed.data().shape(), elements));
    }

    /** Returns integers that doubles cannot hold exactly, which exporters write for "to the end". */
    private static Optional<Operand.Sizes> extreme(Operand.Fixed fixed) {
        if (fixed.data().type() != DType.INT) {
            return Optional.empty();
        }
        List<Ratio> elements = new ArrayList<>();
        for (long each : fixed.data().longs()) {
            elements.add(Ratio.of(org.quantvoice.graph.Dim.of(each)));
        }
        return Optional.of(sizes(fixed.type(), fixed.data().shape(), elements));
    }

    public static Operand.Sizes sizes(ElementType type, long[] shape, List<Ratio> elements) {
        return new Operand.Sizes(type, Arrays.stream(shape).boxed().toList(), elements);
    }

    private static double[] numbers(TensorData data) {
        double[] numbers = new double[Math.toIntExact(data.size())];
        switch (data.type()) {
            case FLOAT -> {
                float[] all = data.floats();
                for (int i = 0; i < all.length; i++) {
                    numbers[i] = all[i];
                }
            }
            case INT -> {
                long[] all = data.longs();
                for (int i = 0; i < all.length; i++) {
                    numbers[i] = all[i] == (long) (double) all[i] ? all[i] : Double.NaN;
                }
            }
            case BOOL -> {
                boolean[] all = data.booleans();
                for (int i = 0; i < all.length; i++) {
                    numbers[i] = all[i] ? 1 : 0;
                }
            }
        }
        return numbers;
    }
}
