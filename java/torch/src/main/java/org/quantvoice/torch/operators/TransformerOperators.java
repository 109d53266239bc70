package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.Nothing;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;

/** The operators that PyTorch's {@code MultiheadAttention} and {@code TransformerEncoderLayer} call in evaluation. */
final class TransformerOperators {
    private static final int MASK_OF_SCORES = 0;
    private static final int MASK_OF_KEYS = 1;

    private TransformerOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::_native_multi_head_attention", TransformerOperators::attention);
        table.put("aten::_transformer_encoder_layer_fwd", TransformerOperators::encoderLayer);
        table.put("aten::_nested_tensor_from_mask", TransformerOperators::nested);
        table.put("aten::_nested_tensor_from_mask_left_aligned", call -> keepsAll(call));
        table.put("aten::to_padded_tensor", call -> call.emitSame(call.tensor(0)));
    }

    /** Returns the batch itself for the nested tensor of its sequences, which must all have the batch's length. */
    private static Object nested(Call call) {
        if (!keepsAll(call)) {
            throw call.unsupported("of sequences that a mask cuts");
        }
        return call.emitSame(call.tensor(0));
    }

    private static boolean keepsAll(Call call) {
        return call.uniforms().truth(MaskOperators.requireBool(call, 1)).orElse(false);
    }

    /** Adds nodes under the name of a part of the layer, such as its attention. */
    private record Part(Call call, String name) {
        Value add(Op op, Attributes attributes, Value... operands) {
            String path = name.isEmpty() ? call.path() : (call.path().isEmpty() ? "" : call.path() + ".") + name;
            return call.builder().add(op, path, attributes, operands);
        }

        Value linear(Value x, Value weight, @Nullable Value bias) {
            return bias == null
                    ? add(Op.LINEAR, Attributes.NONE, x, weight)
                    : add(Op.LINEAR, Attributes.NONE, x, weight, bias);
        }
    }

    private static @Nullable Value optional(Call call, int index) {
        return call.isNone(index) ? null : call.value(index);
    }

    /**
     * Emits multi-head attention. The arguments are q, k, v, width, heads, weights and biases of the projections, mask,
     * needs weights, averages weights, and the type of the mask.
     */
    private static Object attention(Call call) {
        boolean same = call.value(0).equals(call.value(1)) && call.value(1).equals(call.value(2));
        if (!same || (!call.isNone(10) && call.flag(10))) {
            throw call.unsupported(
                    same ? "with its probabilities as a result" : "of different queries, keys and values");
        }
        Value result = heads(call, new Part(call, ""), call.value(0), call.integer(4), 5, 9, 12);
        return ScriptTuple.of(TensorRef.of(result), Nothing.NONE);
    }

    /**
     * Emits self-attention with its projections.
     *
     * @param weights position of the first of four arguments: weight and bias of the joint projection, weight and bias
     *     of the last one
     */
    private static Value heads(Call call, Part part, Value x, int heads, int weights, int maskAt, int typeAt) {
        Formula f = new Formula(call);
        Value joint = part.linear(x, call.weight(weights), optional(call, weights + 1));
        Dim batch = x.shape().dim(0);
        Dim frames = x.shape().dim(1);
        Dim width = x.shape().dim(2);
        Dim each = width.floorDiv(heads);
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Value own = f.slice(joint, 2, width.times(i), width.times(i + 1));
            operands.add(f.permuted(f.shaped(own, List.of(batch, frames, Dim.of(heads), each)), 0, 2, 1, 3));
        }
        Value mask = mask(call, f, maskAt, typeAt);
        if (mask != null) {
            operands.add(mask);
        }
        Attributes scale = Attributes.of("scale", 1 / Math.sqrt(each.constant()));
        Value mixed = part.add(Op.ATTENTION, scale, operands.toArray(Value[]::new));
        Value joined = f.shaped(f.permuted(mixed, 0, 2, 1, 3), List.of(batch, frames, width));
        return part.linear(joined, call.weight(weights + 2), optional(call, weights + 3));
    }

    /**
     * Returns the mask of the attention node, or null for none. A true element of PyTorch's bool mask excludes a key,
     * so it is inverted; a float mask is added to the scores.
     */
    private static @Nullable Value mask(Call call, Formula f, int at, int typeAt) {
        if (call.isNone(at)) {
            return null;
        }
        Value mask = call.value(at);
        int type = call.isNone(typeAt) ? MASK_OF_SCORES : call.integer(typeAt);
        if (mask.type() == DType.BOOL
                && call.uniforms().truth(mask).filter(t -> !t).isPresent()) {
            return null; // the mask excludes nothing
        }
        if (type == MASK_OF_KEYS) {
            mask = f.unsqueezed(f.unsqueezed(mask, 1), 1);
        } else if (type != MASK_OF_SCORES
                || mask.shape().rank() > 2 && mask.shape().rank() != 4) {
            throw call.unsupported("with a mask " + mask.shape() + " of type " + type);
        }
        return mask.type() == DType.BOOL ? f.of(Op.NOT, mask) : mask;
    }

    /**
     * Emits an encoder layer. The arguments are x, width, heads, 4 of the projections, whether GELU, whether norms come
     * first, eps, weights and biases of two norms and of two linear layers, mask, and the type of the mask.
     */
    private static Object encoderLayer(Call call) {
        boolean first = call.flag(8);
        Value x = call.value(0);
        Value before = first ? norm(call, x, "norm1", 10) : x;
        Value attended = heads(call, new Part(call, "self_attn"), before, call.integer(2), 3, 18, 19);
        Value sum = call.add(Op.ADD, Attributes.NONE, x, attended);
        Value middle = first ? sum : norm(call, sum, "norm1", 10);
        Value in = first ? norm(call, middle, "norm2", 12) : middle;
        Value wide = new Part(call, "linear1").linear(in, call.weight(14), optional(call, 15));
        Value active = call.add(call.flag(7) ? Op.GELU : Op.RELU, Attributes.NONE, wide);
        Value narrow = new Part(call, "linear2").linear(active, call.weight(16), optional(call, 17));
        Value out = call.add(Op.ADD, Attributes.NONE, middle, narrow);
        return TensorRef.of(first ? out : norm(call, out, "norm2", 12));
    }

    private static Value norm(Call call, Value x, String name, int weights) {
        Attributes attributes = Attributes.of("axes", 1, "eps", call.number(9));
        return new Part(call, name).add(Op.LAYER_NORM, attributes, x, call.weight(weights), call.value(weights + 1));
    }
}
