package org.quantvoice.torch.operators;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ScalarTypes;
import org.quantvoice.torch.values.TensorRef;
import org.quantvoice.torch.values.UniformValues;

/** New tensors and changes of type. */
final class FactoryOperators {

    private FactoryOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::arange", FactoryOperators::arange);
        table.put("aten::tensor", FactoryOperators::number);
        table.put("aten::zeros", call -> fill(call, call.dims(0), 0.0, call.type(1, DType.FLOAT)));
        table.put("aten::ones", call -> fill(call, call.dims(0), 1.0, call.type(1, DType.FLOAT)));
        table.put("aten::full", FactoryOperators::full);
        table.put("aten::zeros_like", call -> like(call, 0.0, 1));
        table.put("aten::ones_like", call -> like(call, 1.0, 1));
        table.put("aten::full_like", call -> like(call, call.scalar(call.get(1)), 2));
        table.put("aten::empty", call -> fill(call, call.dims(0), 0.0, call.type(1, DType.FLOAT)));
        table.put("aten::empty_like", call -> like(call, 0.0, 1));
        table.put("aten::new_empty", call -> created(call, 0.0, 2));
        table.put("aten::copy", FactoryOperators::copied);
        table.put("aten::fill", call -> filled(call, call.get(1)));
        table.put("aten::zero", call -> filled(call, 0.0));
        table.put("aten::new_zeros", call -> created(call, 0.0, 2));
        table.put("aten::new_ones", call -> created(call, 1.0, 2));
        table.put("aten::new_full", call -> created(call, call.scalar(call.get(2)), 3));
        table.put("aten::to", FactoryOperators::to);
        table.put("aten::type_as", call -> cast(call, call.value(1).type()));
    }

    private static Object arange(Call call) {
        int numbers = call.count() - 4;
        Dim start = numbers == 1 ? Dim.ZERO : call.dim(0);
        Dim end = call.dim(numbers == 1 ? 0 : 1);
        int step = numbers < 3 ? 1 : call.integer(2);
        DType type = call.type(numbers, DType.INT);
        return call.emit(Op.ARANGE, Attributes.of("start", start, "end", end, "step", step, "type", type.toString()));
    }

    /**
     * Makes a tensor without axes from a number. This is an operator of libtorch's interpreter, not of its dispatcher.
     */
    private static Object number(Call call) {
        Object value = call.get(0);
        if (value instanceof Dim size && !size.isConstant() && call.type(1, DType.INT) == DType.INT) {
            return TensorRef.of(size);
        }
        boolean known = value instanceof Double || value instanceof Boolean || value instanceof Dim;
        if (!known) {
            throw call.unsupported("of " + value);
        }
        DType own = value instanceof Double ? DType.FLOAT : value instanceof Boolean ? DType.BOOL : DType.INT;
        double number =
                value instanceof Double real ? real : value.equals(true) ? 1 : value.equals(false) ? 0 : call.number(0);
        Tensor whole = torch.full(new long[0], new Scalar(number));
        return TensorRef.of(whole.to(ScalarTypes.of(ScalarTypes.code(call.type(1, own)))));
    }

    /** @param value a double or a dim */
    private static Object fill(Call call, List<Dim> shape, Object value, DType type) {
        Object kept =
                type == DType.FLOAT && value instanceof Dim dim && dim.isConstant() ? (double) dim.constant() : value;
        return call.emit(Op.FILL, Attributes.of("shape", shape, "value", kept, "type", type.toString()));
    }

    private static Object full(Call call) {
        Object value = call.scalar(call.get(1));
        DType own = value instanceof Double ? DType.FLOAT : call.get(1) instanceof Boolean ? DType.BOOL : DType.INT;
        return fill(call, call.dims(0), value, call.type(2, own));
    }

    private static Object like(Call call, Object value, int typeAt) {
        return fill(
                call,
                call.shape(0).dims(),
                value,
                call.type(typeAt, call.value(0).type()));
    }

    private static Object created(Call call, Object value, int typeAt) {
        return fill(call, call.dims(1), value, call.type(typeAt, call.value(0).type()));
    }

    /** Copies another tensor's elements, broadcast and converted to this tensor's shape and type. */
    private static Object copied(Call call) {
        Value x = call.value(0);
        Formula f = new Formula(call);
        return TensorRef.of(f.cast(f.expanded(call.value(1), x.shape().dims()), x.type()));
    }

    private static Object filled(Call call, Object value) {
        return fill(
                call, call.shape(0).dims(), call.scalar(value), call.value(0).type());
    }

    /** Converts a tensor. The overloads are (x, dtype, ..), (x, device, dtype, ..) and (x, other, ..). */
    private static Object to(Call call) {
        if (call.get(0) instanceof UniformValues.Ratio ratio && !isMove(call)) {
            boolean whole = call.type(typeAt(call), DType.FLOAT) == DType.INT;
            return whole ? NumberArithmetic.truncated(call, ratio) : ratio;
        }
        if (!(call.get(0) instanceof TensorRef)) {
            return call.get(0);
        }
        if (call.isTensor(1)) {
            return cast(call, call.value(1).type());
        }
        if (isMove(call)) {
            return call.get(0);
        }
        return cast(call, call.type(typeAt(call), DType.FLOAT));
    }

    private static int typeAt(Call call) {
        boolean device = call.get(1) instanceof String || (call.isNone(1) && call.count() == 6);
        return device ? 2 : 1;
    }

    /** Returns whether a call is an {@code aten::to} that only names a device, and so changes nothing here. */
    static boolean isMove(Call call) {
        return call.kind().equals("aten::to") && !call.isTensor(1) && call.isNone(typeAt(call));
    }

    private static Object cast(Call call, DType type) {
        if (call.value(0).type() == type) {
            return call.get(0);
        }
        return call.emit(Op.CAST, Attributes.of("type", type.toString()), call.value(0));
    }
}
