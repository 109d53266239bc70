package org.quantvoice.internal.nativeengine;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.OutputForm;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.source.SourcedGraph;

/** Turns the output of an acoustic model into log-probs {@code [.., frames, vocabulary]}. */
public final class AcousticOutput {
    private static final Set<Op> VIEWS = Set.of(Op.RESHAPE, Op.SLICE, Op.TRANSPOSE);
    private static final double SMALLEST = 1e-30;

    private AcousticOutput() {}

    /**
     * Returns the form of a graph's output: judged by its last node, or else by a run of the source; logits if
     * neither decides, because normalizing log-probs again changes nothing.
     *
     * @throws UnsupportedOperatorException if the output has no axes of frames and of a vocabulary
     */
    public static OutputForm form(Graph graph, List<SourcedGraph.Trial> trials) {
        requireFrames(graph);
        Node last = graph.producer(graph.outputs().get(0)).orElse(null);
        while (last != null && VIEWS.contains(last.op()) && last.op() != Op.SLICE) {
            last = graph.producer(last.input(0)).orElse(null);
        }
        if (last != null && (last.op() == Op.LOG_SOFTMAX || last.op() == Op.SOFTMAX)) {
            boolean overTokens =
                    last.output().shape().dim(last.attributes().integer("axis")).equals(tokens(graph));
            if (overTokens) {
                return last.op() == Op.SOFTMAX ? OutputForm.PROBABILITIES : OutputForm.LOG_PROBS;
            }
        }
        return trials.isEmpty() ? OutputForm.LOGITS : form(graph, trials.get(0));
    }

    private static OutputForm form(Graph graph, SourcedGraph.Trial trial) {
        int vocabulary = Math.toIntExact(tokens(graph).constant());
        return OutputForm.of(rows(graph, trial), vocabulary);
    }

    private static void requireFrames(Graph graph) {
        Value output = graph.outputs().get(0);
        int rank = output.shape().rank();
        if (rank < 2 || rank > 3 || !tokens(graph).isConstant()) {
            throw new UnsupportedOperatorException(
                    "an output " + output,
                    "log-probabilities [1, frames, vocabulary] with a fixed vocabulary",
                    "export a CTC model whose forward returns them, first if there are several results");
        }
    }

    /** Returns the output of a trial with tokens as its last axis. */
    public static float[] rows(Graph graph, SourcedGraph.Trial trial) {
        if (!isTokenMajor(graph)) {
            return trial.output();
        }
        int vocabulary = Math.toIntExact(tokens(graph).constant());
        int frames = trial.output().length / vocabulary;
        float[] rows = new float[trial.output().length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = trial.output()[i % vocabulary * frames + i / vocabulary];
        }
        return rows;
    }

    /**
     * Returns whether the axis of tokens comes before that of frames: its size is known, and the number of frames is
     * not.
     */
    private static boolean isTokenMajor(Graph graph) {
        List<Dim> dims = graph.outputs().get(0).shape().dims();
        return dims.size() >= 2
                && !dims.get(dims.size() - 1).isConstant()
                && dims.get(dims.size() - 2).isConstant();
    }

    private static Dim tokens(Graph graph) {
        Value output = graph.outputs().get(0);
        return output.shape().dim(isTokenMajor(graph) ? -2 : -1);
    }

    /**
     * Returns the graph with one output, the log-probs of each frame.
     *
     * @throws UnsupportedOperatorException if the output cannot be that
     */
    public static Graph of(Graph graph, OutputForm form) {
        requireFrames(graph);
        Value output = graph.outputs().get(0);
        int rank = output.shape().rank();
        if (form == OutputForm.LOG_PROBS
                && !isTokenMajor(graph)
                && graph.outputs().size() == 1) {
            return graph;
        }
        GraphCopy copy = new GraphCopy(graph);
        graph.nodes().forEach(copy::add);
        Value rows = copy.value(output);
        if (isTokenMajor(graph)) {
            int[] order = rank == 2 ? new int[] {1, 0} : new int[] {0, 2, 1};
            rows = copy.add(Op.TRANSPOSE, "", Attributes.of("order", order), rows);
        }
        if (form == OutputForm.LOGITS) {
            rows = copy.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", rank - 1), rows);
        } else if (form == OutputForm.PROBABILITIES) {
            Value positive = copy.add(Op.CLAMP, "", Attributes.of("min", SMALLEST), rows);
            rows = copy.add(Op.LOG, "", Attributes.NONE, positive);
        }
        return copy.buildOnly(rows);
    }

    /** Returns rows as log-probs. */
    public static float[] logProbs(float[] rows, int vocabulary, OutputForm form) {
        if (form == OutputForm.LOG_PROBS) {
            return rows;
        }
        float[] result = new float[rows.length];
        for (int from = 0; from < rows.length; from += vocabulary) {
            float[] row = Arrays.copyOfRange(rows, from, from + vocabulary);
            double max = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (float x : row) {
                max = Math.max(max, x);
            }
            for (float x : row) {
                sum += Math.exp(x - max);
            }
            for (int v = 0; v < vocabulary; v++) {
                boolean logits = form == OutputForm.LOGITS;
                result[from + v] =
                        (float) (logits ? row[v] - max - Math.log(sum) : Math.log(Math.max(SMALLEST, row[v])));
            }
        }
        return result;
    }
}
