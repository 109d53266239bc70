package org.quantvoice.internal.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.operators.Evaluator;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.read.OnnxInput;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.values.Operand;

/**
 * Finds the meaning of the inputs of a model that processes a recording step by step: samples {@code [1, n]}, states
 * of fixed size, and perhaps the sample rate. Sizes that a file leaves open are those of a batch of one.
 */
final class StepInputs {
    private final OnnxModel model;
    private final OnnxInput samples;
    private final Optional<OnnxInput> rate;
    private final List<OnnxInput> states = new ArrayList<>();

    StepInputs(OnnxModel model) {
        this.model = model;
        List<OnnxInput> given = model.graph().inputs().stream()
                .filter(i -> !model.graph().initializers().containsKey(i.name()))
                .toList();
        samples = given.stream()
                .filter(i -> isFloat(i) && axes(i) == 2)
                .findFirst()
                .orElseThrow(() -> refused("without an input of samples [1, n]"));
        rate = given.stream().filter(StepInputs::isWhole).findFirst();
        for (OnnxInput input : given) {
            if (input != samples && input != rate.orElse(null)) {
                states.add(input);
            }
        }
        if (states.isEmpty() || !states.stream().allMatch(s -> isFloat(s) && axes(s) >= 2)) {
            throw refused(
                    "with the inputs " + given.stream().map(OnnxInput::name).toList());
        }
        if (model.graph().outputs().size() != states.size() + 1) {
            throw refused("with " + states.size() + " states and the outputs "
                    + model.graph().outputs());
        }
    }

    UnsupportedOperatorException refused(String what) {
        return new UnsupportedOperatorException(
                model.file() + ", an ONNX model " + what,
                "a model of voice activity in Silero's form: samples, states and perhaps the sample rate to a probability and"
                        + " the same states",
                "export it in this form, or leave it out: speech is then found by energy");
    }

    private static boolean isFloat(OnnxInput input) {
        return input.type().map(t -> t.read() == DType.FLOAT).orElse(false);
    }

    private static boolean isWhole(OnnxInput input) {
        return input.type().map(t -> t.read() == DType.INT).orElse(false) && axes(input) <= 1;
    }

    private static int axes(OnnxInput input) {
        return input.sizes().map(List::size).orElse(0);
    }

    boolean asksForRate() {
        return rate.isPresent();
    }

    int states() {
        return states.size();
    }

    /** Returns the number of samples of a call, if the file names it. */
    Optional<Integer> window() {
        long size = samples.sizes().orElseThrow().get(1);
        return size == OnnxInput.FREE ? Optional.empty() : Optional.of(Math.toIntExact(size));
    }

    List<long[]> shapes(int window) {
        List<long[]> shapes = new ArrayList<>(List.of(new long[] {1, window}));
        states.forEach(s -> shapes.add(shape(s)));
        return shapes;
    }

    private static long[] shape(OnnxInput state) {
        return state.sizes().orElseThrow().stream()
                .mapToLong(size -> size == OnnxInput.FREE ? 1 : size)
                .toArray();
    }

    /** Adds the inputs of a graph, samples first and then states, and returns their operands. */
    Map<String, Operand> operands(Evaluator evaluator, int window, int sampleRate) {
        Map<String, Operand> operands = new LinkedHashMap<>();
        operands.put(samples.name(), input(evaluator, samples.name(), 1, window));
        states.forEach(s -> operands.put(s.name(), input(evaluator, s.name(), shape(s))));
        rate.ifPresent(r -> {
            List<Long> shape = axes(r) == 0 ? List.of() : List.of(1L);
            operands.put(r.name(), Operand.sizes(r.type().orElseThrow(), shape, List.of(Dim.of(sampleRate))));
        });
        return operands;
    }

    private static Operand input(Evaluator evaluator, String name, long... shape) {
        Dim[] dims = java.util.Arrays.stream(shape).mapToObj(Dim::of).toArray(Dim[]::new);
        Value value = evaluator.builder().input(name, DType.FLOAT, Shape.of(dims));
        return new Operand.Live(ElementType.FLOAT, value);
    }
}
