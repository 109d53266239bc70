package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.onnx.values.StoredWeight;

/** Translates products of matrices; those with a matrix of the model become linear layers. */
final class ProductOperators {
    private ProductOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("MatMul", call -> call.floats(product(call)));
        table.put("Gemm", ProductOperators::general);
        table.put("Einsum", EinsumOperator::apply);
        table.put(Operators.MICROSOFT + "FusedMatMul", ProductOperators::scaled);
    }

    private static Value product(Call call) {
        Operand b = call.operand(1);
        boolean matrix = call.shape(1).rank() == 2 && call.shape(0).rank() >= 1;
        if (matrix && b instanceof Operand.Stored stored) {
            return IntegerLayers.linear(call, call.operand(0), stored.weight().transposed());
        }
        if (matrix && b instanceof Operand.Fixed fixed && !(call.operand(0) instanceof Operand.Fixed)) {
            return linear(call, call.value(0), LayoutOperators.transposed(fixed));
        }
        return call.add(Op.MATMUL, call.value(0), call.value(1));
    }

    /**
     * Writes a linear layer.
     *
     * @param weight {@code [out, in]}
     */
    private static Value linear(Call call, Value x, Operand.Fixed weight) {
        Value matrix = call.build().constant(weight.name(), weight.data());
        return call.add(Op.LINEAR, noted(Attributes.NONE, weight.type()), x, matrix);
    }

    /** Returns attributes with a note if the file stores the weight in half precision. */
    static Attributes noted(Attributes attributes, ElementType type) {
        return type == ElementType.FLOAT16 ? LayerPrecision.stored(attributes, LayerPrecision.HALF) : attributes;
    }

    /** Writes {@code alpha A B + beta C}. */
    private static List<Operand> general(Call call) {
        boolean turned = call.integer("transA", 0) != 0;
        double alpha = call.real("alpha", 1);
        double beta = call.real("beta", 1);
        Operand first = call.operand(0);
        if (turned) {
            first = call.result(call.transpose(call.value(0), 1, 0), call.type(0));
        }
        Value result = product(call, first, call.operand(1), call.integer("transB", 0) != 0);
        if (alpha != 1) {
            result = call.scalar(Op.MUL, result, alpha);
        }
        if (!call.has(2) || beta == 0) {
            return call.floats(result);
        }
        if (alpha == 1 && beta == 1) {
            Call sum = call.with(call.floats(result).get(0), call.operand(2));
            return Fusions.add(sum).orElseGet(() -> call.floats(BinaryOperators.binary(sum, Op.ADD)));
        }
        return call.floats(call.add(Op.ADD, result, call.scalar(Op.MUL, call.value(2), beta)));
    }

    private static Value product(Call call, Operand a, Operand b, boolean turned) {
        if (b instanceof Operand.Stored stored) {
            StoredWeight weight = turned ? stored.weight() : stored.weight().transposed();
            return IntegerLayers.linear(call, a, weight);
        }
        Value x = call.evaluator().value(a, call);
        if (b instanceof Operand.Fixed fixed && fixed.data().type() == DType.FLOAT) {
            return linear(call, x, turned ? fixed : LayoutOperators.transposed(fixed));
        }
        Value y = call.value(1);
        return call.add(Op.MATMUL, x, turned ? call.transpose(y, 1, 0) : y);
    }

    /** Writes ONNX Runtime's product of matrices that may be transposed, with a factor. */
    private static List<Operand> scaled(Call call) {
        if (call.integer("transBatchA", 0) != 0 || call.integer("transBatchB", 0) != 0) {
            throw call.unsupported("of turned batches");
        }
        Value a = turned(call, call.value(0), call.integer("transA", 0) != 0);
        Value b = turned(call, call.value(1), call.integer("transB", 0) != 0);
        return call.floats(call.scalar(Op.MUL, call.add(Op.MATMUL, a, b), call.real("alpha", 1)));
    }

    private static Value turned(Call call, Value x, boolean turned) {
        int rank = x.shape().rank();
        if (!turned) {
            return x;
        }
        int[] order = IntStream.range(0, rank).toArray();
        order[rank - 1] = rank - 2;
        order[rank - 2] = rank - 1;
        return call.transpose(x, order);
    }

    static List<Dim> front(Value x, int behind) {
        return new ArrayList<>(x.shape().dims().subList(0, x.shape().rank() - behind));
    }
}
