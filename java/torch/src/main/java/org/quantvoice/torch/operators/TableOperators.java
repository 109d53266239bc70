package org.quantvoice.torch.operators;

import java.util.Map;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ScriptObject;
import org.quantvoice.torch.values.TensorRef;

/**
 * Embeddings whose rows are quantized with a scale and a zero point per row. They are imported as float tables, because
 * the graph has no form for zero points that are floats.
 */
final class TableOperators {
    private TableOperators() {}

    static void register(Map<String, Operator> table) {
        for (String width : new String[] {"byte", "4bit"}) {
            table.put("quantized::embedding_" + width, call -> TensorRef.of(rows(call, call.value(1), width)));
        }
        table.put("quantized::embedding_bag_byte", TableOperators::bag);
    }

    private static Value rows(Call call, Value ids, String width) {
        String numbers = width.equals("byte") ? "uint8" : "uint4";
        Attributes attributes = LayerPrecision.stored(Attributes.NONE, numbers);
        if (!(call.get(0) instanceof ScriptObject packed)) {
            throw call.unsupported("needs a packed table, not " + call.get(0));
        }
        String path = PackedLayer.owner(call, packed);
        Value table = call.constant(floats(packed), path, "weight");
        return call.builder().add(Op.EMBEDDING, path, attributes, table, ids);
    }

    private static TensorRef floats(ScriptObject packed) {
        IValueVector stack = new IValueVector(new IValue(packed.object()));
        Dispatcher.singleton()
                .findSchemaOrThrow("quantized::embedding_bag_unpack", "")
                .callBoxed(stack);
        return TensorRef.of(new Tensor(stack.get(0).toTensor()).dequantize().contiguous());
    }

    /**
     * Emits sums of rows. The arguments are table, indices, offsets, scale by frequency, mode, pruned, weights of
     * samples, indices of rows that are left, and whether the last offset is the end.
     */
    private static Object bag(Call call) {
        boolean sum = call.integer(4) == 0 && !call.flag(5) && call.isNone(6) && call.isNone(7);
        if (!sum
                || !call.isNone(2)
                || call.shape(1).rank() != 2
                || call.value(1).type() != DType.INT) {
            throw call.unsupported("other than sums of bags of one size, [bags, size]");
        }
        return call.emit(Op.SUM, Attributes.of("axes", new int[] {1}), rows(call, call.value(1), "byte"));
    }
}
