package org.quantvoice.internal.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.onnx.operators.Evaluator;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.read.OnnxReader;

/**
 * An ONNX file of a model that processes a recording step by step and carries states from step to step. Immutable.
 */
public final class StepModel {
    private final OnnxModel model;
    private final StepInputs inputs;

    private StepModel(OnnxModel model) {
        this.model = model;
        this.inputs = new StepInputs(model);
    }

    /**
     * The computation of one call.
     *
     * @param graph takes samples and states, and returns a probability and states
     * @param shapes of the inputs
     */
    public record Step(Graph graph, List<long[]> shapes) {}

    /**
     * Reads a file.
     *
     * @throws ModelFormatException if the file contradicts itself
     * @throws org.quantvoice.error.UnsupportedOperatorException if it is of another form
     */
    public static StepModel read(Path file) {
        return new StepModel(OnnxReader.read(file));
    }

    /** Returns whether the sample rate is an input of the model, so that it may know several. */
    public boolean asksForRate() {
        return inputs.asksForRate();
    }

    /** Returns the number of states. */
    public int states() {
        return inputs.states();
    }

    /** Returns the number of samples of a call, if the file names it. */
    public Optional<Integer> window() {
        return inputs.window();
    }

    /**
     * Returns the graph for one size of calls.
     *
     * @param window samples of a call
     * @throws org.quantvoice.error.UnsupportedOperatorException if the graph cannot express it
     */
    public Step step(int window, int sampleRate) {
        Evaluator evaluator = new Evaluator(model);
        try {
            Graph graph = evaluator.graph(
                    inputs.operands(evaluator, window, sampleRate),
                    model.graph().outputs());
            return new Step(graph, inputs.shapes(window));
        } catch (ArithmeticException e) {
            throw new ModelFormatException(
                    model.file() + " with sizes beyond 64 bits", "sizes of a sound model", "export it again", e);
        }
    }
}
