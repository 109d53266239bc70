package org.quantvoice.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Shape;

/** Writes scaled dot-product attention as its single steps. */
final class AttentionOperator {
    private AttentionOperator() {}

    static String write(Call call) {
        Shape k = call.value(1).shape();
        int[] order = IntStream.range(0, k.rank()).toArray();
        order[k.rank() - 1] = k.rank() - 2;
        order[k.rank() - 2] = k.rank() - 1;
        String keys = call.add("Transpose", List.of(call.name(1)), Attribute.of("perm", order));
        String scores = call.add("MatMul", call.x(), keys);
        scores = call.add("Mul", scores, call.scalar(call.attributes().number("scale")));
        if (call.has(3)) {
            boolean truth = call.value(3).type() == DType.BOOL;
            scores = truth ? kept(call, call.name(3), scores) : call.add("Add", scores, call.name(3));
        }
        if (call.attributes().flag("causal")) {
            scores = kept(call, past(call), scores);
        }
        String probabilities = call.add("Softmax", List.of(scores), Attribute.of("axis", -1L));
        return call.add("MatMul", probabilities, call.name(2));
    }

    private static String kept(Call call, String mask, String scores) {
        return call.add("Where", List.of(mask, scores, call.scalar(Double.NEGATIVE_INFINITY)));
    }

    /** Returns a mask that is true where a key does not come after its query. */
    private static String past(Call call) {
        List<Dim> size = new ArrayList<>();
        size.add(call.value(0).shape().dim(-2));
        size.add(call.value(1).shape().dim(-2));
        String all = call.add(
                "ConstantOfShape",
                List.of(call.sizes().list(size)),
                Attribute.of("value", Tensors.filled(DType.BOOL, 1, 1)));
        return call.add("Trilu", List.of(all, call.out().scalar(DType.INT, 0)), Attribute.of("upper", 0L));
    }
}
