package org.quantvoice.internal.nativeengine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.OutputForm;
import org.quantvoice.internal.exec.WaveformRuns;
import org.quantvoice.internal.passes.ShortestInput;
import org.quantvoice.internal.reference.ReferenceInterpreter;
import org.quantvoice.source.SourcedGraph;

/**
 * Compares what the native engine computes with what the source of a graph computes, once when a model is imported: a wrong
 * number is worse than a refusal.
 */
final class ImportCheck {
    private static final int[] LENGTHS = {4_000, 16_000, 25_777, 64_000};
    private static final double TOLERANCE = 2e-3;
    /** Largest error of int8 arithmetic, in standard deviations of the result; a wrong graph is off by 1 or more. */
    private static final double ROUNDED = 0.6;
    /** Log-probs below this count as equal. */
    private static final float LEAST = -60;

    private static final double SILENT = 1e-4;
    private static final long MOST_PARAMETERS = 50_000_000;
    private static final Set<Op> LAYERS = EnumSet.of(
            Op.LINEAR, Op.CONV1D, Op.CONV2D, Op.LAYER_NORM, Op.GROUP_NORM, Op.MATMUL, Op.LSTM, Op.GRU, Op.RNN);

    private ImportCheck() {}

    /** Returns noise of several lengths; a source runs two of them that its model takes. */
    static List<float[]> inputs() {
        List<float[]> inputs = new ArrayList<>();
        for (int length : LENGTHS) {
            Random random = new Random(length);
            float[] samples = new float[length];
            for (int i = 0; i < length; i++) {
                double loud = 0.02 + 0.08 * (1 + Math.sin(i / 900.0));
                samples[i] = (float) (loud * random.nextGaussian());
            }
            inputs.add(samples);
        }
        return inputs;
    }

    /**
     * Returns the lengths at which planning is tried: the shortest, its doublings, and the lengths that the source
     * ran. If the source ran a length that was not asked for, the model was traced for that length, and others would
     * fit only by accident.
     */
    static List<Long> lengths(Graph graph, SourcedGraph sourced) {
        TreeSet<Long> lengths = new TreeSet<>();
        for (SourcedGraph.Trial trial : sourced.trials()) {
            long traced = trial.samples().length;
            if (Arrays.stream(LENGTHS).noneMatch(length -> length == traced)) {
                return List.of(traced);
            }
        }
        for (long length = ShortestInput.of(graph); length <= LENGTHS[LENGTHS.length - 1]; length *= 2) {
            lengths.add(length);
        }
        sourced.trials().forEach(t -> lengths.add((long) t.samples().length));
        return List.copyOf(lengths);
    }

    /**
     * Runs the trials of a source on this engine and compares the results.
     *
     * @throws UnsupportedOperatorException if a result differs by more than rounding; the message names the first
     *     layer that does, or says that the importer's arithmetic differs from the source's
     */
    static void compare(WaveformRuns model, Graph graph, SourcedGraph sourced, OutputForm form) {
        boolean rounded = sourced.rounded()
                || graph.nodes().stream().anyMatch(n -> LayerPrecision.of(n).isInt8());
        requireLengths(graph, sourced);
        for (SourcedGraph.Trial trial : sourced.trials()) {
            int vocabulary = (int) graph.outputs().get(0).shape().dim(-1).constant();
            float[] expected = AcousticOutput.logProbs(AcousticOutput.rows(sourced.graph(), trial), vocabulary, form);
            float[] got = model.run(trial.samples()).data();
            double limit = rounded ? ROUNDED : TOLERANCE;
            double worst = got.length != expected.length
                    ? Double.POSITIVE_INFINITY
                    : rounded ? noise(got, expected, vocabulary) : difference(got, expected);
            if (!(worst <= limit)) {
                throw new UnsupportedOperatorException(
                        String.format(
                                Locale.ROOT,
                                "results of the native engine that are %.3g off for %d samples, first in %s",
                                worst,
                                trial.samples().length,
                                place(model, graph, trial)),
                        "at most " + limit + " from the model's own runtime",
                        "run this model on the LIBTORCH engine, and report it; open it without the check to look into it");
            }
        }
    }

    /** Refuses a graph that needs longer recordings than the model, as one does whose parts are empty for short ones. */
    private static void requireLengths(Graph graph, SourcedGraph sourced) {
        if (sourced.trials().isEmpty() || graph.inputs().get(0).shape().dim(1).isConstant()) {
            return;
        }
        long shortest = ShortestInput.of(graph);
        for (SourcedGraph.Trial trial : sourced.trials()) {
            if (trial.samples().length < shortest) {
                throw new UnsupportedOperatorException(
                        "a graph that needs " + shortest + " samples, of a model that takes " + trial.samples().length
                                + " on its own runtime",
                        "a graph without parts that are empty for short recordings",
                        "run this model on the LIBTORCH engine, or export it with torch.jit.script if it was traced");
            }
        }
    }

    /**
     * Returns the largest difference relative to 1 plus the value; values that are very low in both, or overflow in
     * both, count as equal.
     */
    private static double difference(float[] got, float[] expected) {
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            if (got[i] == expected[i]
                    || !Float.isFinite(expected[i]) && !Float.isFinite(got[i])
                    || got[i] < LEAST && expected[i] < LEAST) {
                continue;
            }
            double off = Math.abs(got[i] - expected[i]) / (1 + Math.abs(expected[i]) / 10);
            worst = Double.isNaN(off) ? Double.POSITIVE_INFINITY : Math.max(worst, off);
        }
        return worst;
    }

    /**
     * Returns the ratio of noise to signal, with each frame's mean subtracted: int8 arithmetic has large errors in
     * single values, but not in many.
     */
    private static double noise(float[] got, float[] expected, int vocabulary) {
        double noise = 0;
        double signal = 0;
        for (int row = 0; row + vocabulary <= expected.length; row += vocabulary) {
            double mean = 0;
            double meanGot = 0;
            for (int i = row; i < row + vocabulary; i++) {
                mean += Math.max(expected[i], LEAST) / vocabulary;
                meanGot += Math.max(got[i], LEAST) / vocabulary;
            }
            for (int i = row; i < row + vocabulary; i++) {
                double off = Math.max(expected[i], LEAST) - mean;
                noise += Math.pow(Math.max(got[i], LEAST) - meanGot - off, 2);
                signal += off * off;
            }
        }
        double ratio = Math.sqrt(noise / (signal + SILENT * expected.length));
        return Double.isNaN(ratio) ? Double.POSITIVE_INFINITY : ratio;
    }

    private static String place(WaveformRuns model, Graph graph, SourcedGraph.Trial trial) {
        long parameters = graph.constants().values().stream()
                .mapToLong(c -> c.data().size())
                .sum();
        if (parameters > MOST_PARAMETERS) {
            return "a layer that was not looked for in a model of this size";
        }
        Set<Value> inputs = new HashSet<>();
        for (Node node : graph.nodes()) {
            boolean layer = LAYERS.contains(node.op()) && node.input(0).type() == DType.FLOAT;
            if (layer && graph.producer(node.input(0)).isPresent()) {
                inputs.add(node.input(0));
            }
        }
        Map<Value, float[]> tapped = model.tap(trial.samples(), inputs);
        String[] first = new String[1];
        ReferenceInterpreter.run(
                graph,
                List.of(ArrayTensor.of(trial.samples(), 1, trial.samples().length)),
                Map.of(),
                (node, value, data) ->
                        first[0] = first[0] != null ? first[0] : differing(node, tapped.get(value), data));
        return first[0] == null ? "no layer: the graph says something else than the model" : first[0];
    }

    private static @Nullable String differing(Node node, float @Nullable [] got, TensorData data) {
        if (got == null || !(difference(got, data.floats()) > TOLERANCE)) {
            return null;
        }
        return node.op() + (node.path().isEmpty() ? " of the top module" : " of " + node.path());
    }
}
