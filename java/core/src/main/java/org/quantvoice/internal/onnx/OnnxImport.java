package org.quantvoice.internal.onnx;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.onnx.operators.Evaluator;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.source.FrontEndChoice;

/** Builds the graph of an acoustic model: for any batch, or else for one recording at a time. */
final class OnnxImport {
    /** Words in names of outputs from which a CTC decoder can read, best first. */
    private static final List<String> RESULTS = List.of("logprob", "log_prob", "logit", "prob", "emission", "output");

    private final OnnxModel model;
    private final Optional<FrontEndChoice> frontEnd;

    private OnnxImport(OnnxModel model, Optional<FrontEndChoice> frontEnd) {
        this.model = model;
        this.frontEnd = frontEnd;
    }

    /**
     * Returns the graph of a model.
     *
     * @param frontEnd the front end of the caller, for a file that names none
     * @throws ModelFormatException if the file contradicts itself, or the front end does not fit it
     * @throws UnsupportedOperatorException if the graph cannot express it, or it is no acoustic model
     */
    static Graph graph(OnnxModel model, Optional<FrontEndChoice> frontEnd) {
        return new OnnxImport(model, frontEnd).graph();
    }

    private Graph graph() {
        ModelInputs inputs = ModelInputs.of(model, frontEnd);
        try {
            return graph(inputs, Dim.symbol("B"));
        } catch (UnsupportedOperatorException | ModelFormatException first) {
            return ofOneRecording(inputs, first);
        }
    }

    /**
     * Imports a model for a batch of one if its computation depends on the batch size, because the engines run one
     * recording at a time.
     */
    private Graph ofOneRecording(ModelInputs inputs, QuantVoiceException first) {
        try {
            return graph(inputs, Dim.ONE);
        } catch (UnsupportedOperatorException | ModelFormatException second) {
            second.addSuppressed(first);
            throw second;
        }
    }

    private Graph graph(ModelInputs inputs, Dim batch) {
        Evaluator evaluator = new Evaluator(model);
        try {
            Map<String, Operand> values = inputs.operands(evaluator, batch);
            return evaluator.graph(values, output());
        } catch (ArithmeticException e) {
            throw new ModelFormatException(
                    model.file() + " with sizes beyond 64 bits", "sizes of a sound model", "export it again", e);
        }
    }

    private String output() {
        List<String> outputs = model.graph().outputs();
        for (String word : RESULTS) {
            for (String output : outputs) {
                if (output.toLowerCase(Locale.ROOT).contains(word)) {
                    return output;
                }
            }
        }
        return outputs.get(0);
    }
}
