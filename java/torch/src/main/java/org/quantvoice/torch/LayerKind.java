package org.quantvoice.torch;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;

/**
 * One type of layer that can become int8: how its operator looks in a frozen graph, and what replaces it. A new layer type is
 * a new implementation and a line in {@link #ALL}.
 */
interface LayerKind {
    List<LayerKind> ALL = List.of(new LinearKind(), new Conv1dKind(), new LayerNormKind());

    /** Short name of the module type, e.g. {@code Conv1d}. */
    String type();

    /**
     * The methods that can take such a layer on its own, of {@code static} and {@code dynamic}; empty for one that becomes int8
     * only between int8 neighbours.
     */
    List<String> methods();

    /** Whether an operator of a frozen graph is what such a layer runs. */
    boolean matches(String operator);

    /** Why this very layer cannot be int8; empty if it can. */
    Optional<String> obstacle(JitNode node);

    /** The axis of the output that holds the channels; negative counts from the end. */
    int channelAxis();

    /** Its int8 weights as the present quantized engine wants them; empty for a layer without weights to pack. */
    Optional<Packed> pack(JitNode node, boolean perChannel);

    /**
     * Inserts the static int8 operator before {@code node}.
     *
     * @param input quantized
     * @param packed what {@link #pack} gave, as a value of the graph
     * @param output range of the quantized output
     */
    JitNode insertStatic(JitNode node, Value input, Optional<Value> packed, QuantParams output);

    /**
     * Inserts the dynamic int8 operator before {@code node}; float in, float out.
     *
     * @throws UnsupportedOperationException if {@link #methods()} lacks {@code dynamic}
     */
    default JitNode insertDynamic(JitNode node, Value packed, boolean reduceRange) {
        throw new UnsupportedOperationException(type() + " has no dynamic form");
    }

    /** Packed weights and the TorchScript type of the attribute that will hold them. */
    record Packed(IValue value, Type.TypePtr type) {}

    static Optional<LayerKind> ofType(String type) {
        return ALL.stream().filter(k -> k.type().equals(type)).findFirst();
    }
}
