package org.quantvoice.torch.script;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;
import org.quantvoice.engine.Backend;
import org.quantvoice.quant.QuantReport.Method;

/**
 * One type of layer that can be quantized: how its operator looks in a frozen graph, and what replaces it. A new layer type is
 * a new implementation and a line in {@link #ALL}.
 */
public interface LayerKind {
    List<LayerKind> ALL = List.of(
            new LinearKind(),
            new ConvolutionKind(1),
            new ConvolutionKind(2),
            new ConvolutionKind(3),
            new LayerNormKind(),
            new EmbeddingKind(),
            new EmbeddingBagKind(),
            new RecurrentKind(true),
            new RecurrentKind(false),
            CellKind.lstm(),
            CellKind.gru(),
            CellKind.rnn());

    /** Short name of the module type, e.g. {@code Conv1d}. */
    String type();

    /** The methods that can take such a layer on its own; empty for one that becomes int8 only between int8 neighbours. */
    List<Method> methods();

    /** Whether an operator of a frozen graph is what such a layer runs. */
    boolean matches(String operator);

    /** Why this very layer cannot be quantized; empty if it can. */
    Optional<String> obstacle(JitNode node);

    /** Why a backend has no such form; empty if it has. */
    default Optional<String> lack(Backend backend, Method method) {
        boolean half = backend == Backend.FBGEMM || backend == Backend.X86;
        return method == Method.FLOAT16 && !half
                ? Optional.of(backend + " multiplies no float16 weights; FBGEMM and X86 do")
                : Optional.empty();
    }

    /** Whether its input and output stay float, so that it needs no calibration whatever the method. */
    default boolean weightsOnly() {
        return false;
    }

    /** The axis of the output that holds the channels; negative counts from the end. */
    default int channelAxis() {
        return -1;
    }

    /** Its weights as the present quantized engine wants them; empty for a layer without weights to pack. */
    List<Packed> pack(JitNode node, Method method, QuantScheme scheme);

    /**
     * Inserts the static int8 operator before {@code node}.
     *
     * @param input quantized
     * @param packed what {@link #pack} gave, as values of the graph
     * @param output range of the quantized output
     * @param relu whether the output is cut at 0
     */
    default JitNode insertStatic(JitNode node, Value input, List<Value> packed, QuantParams output, boolean relu) {
        throw new UnsupportedOperationException(type() + " has no static form");
    }

    /** Whether {@link #insertStatic} can cut the output at 0. */
    default boolean takesRelu() {
        return false;
    }

    /** Inserts the operator of a method with float input and output before {@code node}; as many outputs as {@code node}. */
    default JitNode insertFloat(JitNode node, List<Value> packed, Method method, QuantScheme scheme) {
        throw new UnsupportedOperationException(type() + " has no form with float input");
    }

    /** Packed weights and the TorchScript type of the attribute that will hold them. */
    record Packed(IValue value, Type.TypePtr type) {

        /** What a packing operator gives. */
        static Packed by(String operator, IValue... arguments) {
            return new Packed(Operators.call(operator, arguments), Operators.returnType(operator));
        }
    }

    static Optional<LayerKind> ofType(String type) {
        return ALL.stream().filter(k -> k.type().equals(type)).findFirst();
    }

    /** How recipes and listings call a method. */
    static String name(Method method) {
        return method.name().toLowerCase(Locale.ROOT);
    }
}
