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

    /** Returns the short name of the module type, e.g. {@code Conv1d}. */
    String type();

    /**
     * Returns the methods that can quantize such a layer on its own; none for a layer that becomes int8 only between
     * int8 neighbours.
     */
    List<Method> methods();

    /** Returns whether such a layer runs this operator of a frozen graph. */
    boolean matches(String operator);

    /** Returns why the layer of this node cannot be quantized, or empty if it can. */
    Optional<String> obstacle(JitNode node);

    /** Returns why a backend cannot run such a layer quantized by a method, or empty if it can. */
    default Optional<String> lack(Backend backend, Method method) {
        boolean half = backend == Backend.FBGEMM || backend == Backend.X86;
        return method == Method.FLOAT16 && !half
                ? Optional.of(backend + " multiplies no float16 weights; FBGEMM and X86 do")
                : Optional.empty();
    }

    /**
     * Returns whether the layer's input and output stay float, so that it needs no calibration, whatever the method.
     */
    default boolean weightsOnly() {
        return false;
    }

    /** Returns the axis of the output that holds the channels; a negative one counts from the end. */
    default int channelAxis() {
        return -1;
    }

    /**
     * Returns the layer's weights, packed by the quantized engine that is set now; empty for a layer without weights to
     * pack.
     */
    List<Packed> pack(JitNode node, Method method, QuantScheme scheme);

    /**
     * Inserts the static int8 operator before {@code node}.
     *
     * @param input quantized
     * @param packed the results of {@link #pack}, as values of the graph
     * @param output range of the quantized output
     * @param relu whether the output is cut at 0
     */
    default JitNode insertStatic(JitNode node, Value input, List<Value> packed, QuantParams output, boolean relu) {
        throw new UnsupportedOperationException(type() + " has no static form");
    }

    /** Returns whether {@link #insertStatic} can cut the output at 0. */
    default boolean takesRelu() {
        return false;
    }

    /**
     * Inserts the operator of a method with float input and output before {@code node}. It has as many outputs as
     * {@code node}.
     */
    default JitNode insertFloat(JitNode node, List<Value> packed, Method method, QuantScheme scheme) {
        throw new UnsupportedOperationException(type() + " has no form with float input");
    }

    /** Packed weights and the TorchScript type of the attribute that will hold them. */
    record Packed(IValue value, Type.TypePtr type) {

        /** Runs a packing operator. */
        static Packed by(String operator, IValue... arguments) {
            return new Packed(Operators.call(operator, arguments), Operators.returnType(operator));
        }
    }

    static Optional<LayerKind> ofType(String type) {
        return ALL.stream().filter(k -> k.type().equals(type)).findFirst();
    }

    /** Returns the name of a method in recipes and listings. */
    static String name(Method method) {
        return method.name().toLowerCase(Locale.ROOT);
    }
}
