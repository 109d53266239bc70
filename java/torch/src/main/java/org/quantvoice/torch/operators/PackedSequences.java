package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;

/**
 * Batches that are packed for recurrences, frame after frame of all sequences. All sequences must be equally long, which
 * those of one recording are: packing then only moves axes.
 */
final class PackedSequences {
    private PackedSequences() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::_pack_padded_sequence", PackedSequences::pack);
        table.put("aten::_pad_packed_sequence", PackedSequences::unpack);
    }

    /** Emits the packing of a batch. The arguments are x, lengths and batch first. */
    private static Object pack(Call call) {
        Formula f = new Formula(call);
        Value x = call.flag(2) ? f.moved(call.value(0), 1, 0) : call.value(0);
        Dim frames = x.shape().dim(0);
        Dim length = number(call, 1, "lengths");
        if (!frames.minus(length).isAtLeast(0)) {
            throw call.unsupported("of " + length + " frames of " + frames);
        }
        Value used = f.slice(x, 0, Dim.ZERO, length);
        return new ScriptTuple(List.of(
                TensorRef.of(flat(f, used)),
                TensorRef.of(filled(call, length, x.shape().dim(1)))));
    }

    /** Emits the unpacking. The arguments are data, batch sizes, batch first, padding and the length to pad to. */
    private static Object unpack(Call call) {
        Formula f = new Formula(call);
        Value x = stacked(call, f);
        Dim frames = x.shape().dim(0);
        Dim total = call.dim(4);
        if (!total.isAtMost(0) && !total.minus(frames).isAtLeast(0)) {
            throw call.unsupported("of " + frames + " frames to " + total);
        }
        Value padded =
                total.isAtMost(0) ? x : f.padded(x, 0, Dim.ZERO, total.minus(frames), "constant", call.number(3));
        return new ScriptTuple(List.of(
                TensorRef.of(call.flag(2) ? f.moved(padded, 0, 1) : padded),
                TensorRef.of(filled(call, x.shape().dim(1), frames))));
    }

    /**
     * Emits a recurrence over packed sequences.
     *
     * @param call has data and batch sizes where {@code padded}'s has the batch, and does not say which axis is first
     * @param padded emits the recurrence over a batch
     */
    static ScriptTuple recurrent(Call call, Operator padded) {
        Formula f = new Formula(call);
        List<Object> arguments = new ArrayList<>(call.arguments().subList(2, call.count()));
        arguments.add(0, TensorRef.of(stacked(call, f)));
        arguments.add(false);
        Call unpacked = new Call(call.context(), call.node(), arguments, call.path());
        List<Object> results = new ArrayList<>(((ScriptTuple) padded.apply(unpacked)).elements());
        results.set(0, TensorRef.of(flat(f, call.value((TensorRef) results.get(0)))));
        return new ScriptTuple(results);
    }

    /** Returns {@code [frames, batch, width]} of the data and batch sizes that a call begins with. */
    private static Value stacked(Call call, Formula f) {
        Value data = call.value(0);
        Dim frames = call.shape(1).dim(0);
        List<Dim> shape = new ArrayList<>(List.of(frames, number(call, 1, "batch sizes")));
        shape.addAll(data.shape().dims().subList(1, data.shape().rank()));
        return f.shaped(data, shape);
    }

    private static Value flat(Formula f, Value x) {
        List<Dim> dims = x.shape().dims();
        List<Dim> shape = new ArrayList<>(dims.subList(1, dims.size()));
        shape.set(0, dims.get(0).times(dims.get(1)));
        return f.shaped(x, shape);
    }

    private static Dim number(Call call, int index, String what) {
        return call.uniforms()
                .number(call.value(index))
                .filter(Dim.class::isInstance)
                .map(Dim.class::cast)
                .orElseThrow(
                        () -> call.unsupported("of sequences whose " + what + " differ or are not known from sizes"));
    }

    private static Value filled(Call call, Dim count, Dim number) {
        return call.add(Op.FILL, Attributes.of("shape", List.of(count), "value", number, "type", DType.INT.toString()));
    }
}
