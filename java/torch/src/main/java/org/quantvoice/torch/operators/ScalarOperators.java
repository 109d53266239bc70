package org.quantvoice.torch.operators;

import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.Nothing;
import org.quantvoice.torch.values.ScalarTypes;
import org.quantvoice.torch.values.Sizes;
import org.quantvoice.torch.values.TensorRef;
import org.quantvoice.torch.values.Undecided;
import org.quantvoice.torch.values.UniformValues;

/** Numbers, strings and truth values: conversions and comparisons that have nothing to do with tensors' elements. */
final class ScalarOperators {

    private ScalarOperators() {}

    static void register(Map<String, Operator> table) {
        Operator same = call -> call.get(0);
        for (String name : List.of("prim::unchecked_cast", "prim::data", "prim::tolist", "aten::str")) {
            table.put(name, same);
        }
        for (String name : List.of("aten::Int", "aten::IntImplicit")) {
            table.put(name, ScalarOperators::toInt);
        }
        for (String name : List.of("aten::ScalarImplicit", "aten::item")) {
            table.put(name, ScalarOperators::toNumber);
        }
        for (String name : List.of("aten::Float", "aten::FloatImplicit")) {
            table.put(name, ScalarOperators::toFloat);
        }
        table.put("aten::Bool", ScalarOperators::toBool);
        table.put("prim::NumToTensor", call -> TensorRef.of(call.dim(0)));
        table.put("aten::__is__", call -> is(call));
        table.put("aten::__isnot__", call -> Sizes.not(is(call)));
        table.put("aten::__not__", call -> Sizes.not(call.get(0)));
        table.put("prim::isinstance", ScalarOperators::isInstance);
        table.put("prim::max", call -> NumberArithmetic.extreme("max", call));
        table.put("prim::min", call -> NumberArithmetic.extreme("min", call));
        table.put("aten::__range_length", ScalarOperators::rounds);
        table.put("aten::__derive_index", call -> call.dim(1).plus(call.dim(0).times(call.dim(2))));
        table.put("prim::device", call -> "cpu");
        table.put("prim::type", call -> "cpu");
        table.put("prim::layout", call -> Dim.ZERO);
        for (String name : List.of(
                "prim::is_cuda",
                "prim::is_sparse",
                "prim::is_mkldnn",
                "prim::is_nested",
                "prim::requires_grad",
                "aten::is_grad_enabled",
                "aten::is_autocast_enabled",
                "aten::is_autocast_cpu_enabled")) {
            table.put(name, call -> false);
        }
        table.put("prim::is_quantized", call -> call.tensor(0).range() != null);
        table.put("prim::dtype", call -> Dim.of(ScalarTypes.code(call.value(0).type())));
        table.put("aten::is_floating_point", call -> call.value(0).type() == org.quantvoice.graph.DType.FLOAT);
        for (String name : List.of("aten::warn", "prim::Print", "aten::format", "prim::Uninitialized")) {
            table.put(name, call -> Nothing.NONE); // these only make texts for messages, or values that nothing uses
        }
    }

    /** Returns the number of rounds of a loop over {@code range(from, to, step)}. */
    private static Dim rounds(Call call) {
        long step = NumberArithmetic.constant(call, call.dim(2));
        if (step == 0) {
            throw call.unsupported("with a step of 0");
        }
        Dim way = step > 0 ? call.dim(1).minus(call.dim(0)) : call.dim(0).minus(call.dim(1));
        long stride = Math.abs(step);
        return way.plus(stride - 1).floorDiv(stride).max(Dim.ZERO);
    }

    private static Object toInt(Call call) {
        Object number = call.item(call.get(0));
        if (number instanceof UniformValues.Ratio ratio) {
            return NumberArithmetic.truncated(call, ratio);
        }
        return number instanceof Double real ? Dim.of((long) real.doubleValue()) : call.dim(number);
    }

    private static Object toNumber(Call call) {
        Object number = call.item(call.get(0));
        if (number instanceof TensorRef tensor && tensor.content() instanceof Value value) {
            return call.uniforms().truth(value).<Object>map(t -> t).orElse(new Undecided("an element of a tensor"));
        }
        return number instanceof TensorRef ? new Undecided("an element of a tensor") : number;
    }

    private static Object toFloat(Call call) {
        Object number = call.item(call.get(0));
        if (number instanceof String text) {
            return Double.valueOf(text.replace("inf", "Infinity"));
        }
        if (number instanceof Dim dim && !dim.isConstant()) {
            return UniformValues.Ratio.of(dim);
        }
        if (number instanceof UniformValues.Ratio) {
            return number;
        }
        return number instanceof Dim dim && dim.isConstant()
                ? (Object) (double) dim.constant()
                : number instanceof Double ? number : (Object) call.number(0);
    }

    private static Object toBool(Call call) {
        Object number = call.item(call.get(0));
        if (number instanceof Dim dim) {
            return Sizes.compare("ne", dim, Dim.ZERO);
        }
        if (number instanceof TensorRef tensor && tensor.content() instanceof Value value) {
            return call.uniforms().truth(value).<Object>map(t -> t).orElse(new Undecided("an element of a tensor"));
        }
        return number instanceof Double real ? (Object) (real != 0) : new Undecided("an element of a tensor");
    }

    /** Decides the type of a union, such as an offset that is a number or a tensor. */
    private static Object isInstance(Call call) {
        Object value = call.get(0);
        for (String type : call.node().name().split(", ")) {
            boolean known =
                    switch (type) {
                        case "Tensor" -> value instanceof TensorRef;
                        case "int" -> value instanceof Dim;
                        case "float" -> value instanceof Double;
                        case "bool" -> value instanceof Boolean;
                        case "str" -> value instanceof String;
                        case "NoneType" -> value == Nothing.NONE;
                        default -> throw call.unsupported("of the type " + type);
                    };
            if (known) {
                return true;
            }
        }
        return false;
    }

    private static Object is(Call call) {
        boolean leftNone = call.get(0) == Nothing.NONE;
        boolean rightNone = call.get(1) == Nothing.NONE;
        return leftNone || rightNone ? leftNone == rightNone : call.get(0) == call.get(1);
    }
}
