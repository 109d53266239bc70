package org.quantvoice.internal.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.source.SourcedGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs of the reference interpreter, to compare the engine with: two of the shortest inputs, as far as they are affordable; where
 * they are not, runs of a part of the model that has each kind of its blocks once.
 */
public final class ReferenceTrials {
    private static final Logger LOG = LoggerFactory.getLogger(ReferenceTrials.class);
    private static final int COUNT = 2;
    /** Products of a run of the whole, a few seconds. */
    private static final double MOST = 3e9;
    /** Products of a run of a part, a second. */
    private static final double MOST_OF_PART = 5e8;

    private ReferenceTrials() {}

    /** @param inputs the shortest first */
    public static SourcedGraph of(Graph graph, List<float[]> inputs) {
        List<SourcedGraph.Trial> trials = new ArrayList<>();
        for (float[] samples : inputs) {
            if (trials.size() == COUNT || !isAffordable(graph, samples.length, MOST)) {
                break;
            }
            trial(graph, samples).ifPresent(trials::add);
        }
        Optional<SourcedGraph.Part> part =
                trials.size() == COUNT || inputs.isEmpty() ? Optional.empty() : part(graph, inputs);
        part.ifPresent(p -> LOG.info(
                "{} of {} operators are compared with {} and {} samples, those of each kind of block once",
                p.graph().nodes().size(),
                graph.nodes().size(),
                p.trials().get(0).samples().length,
                p.trials().get(p.trials().size() - 1).samples().length));
        return new SourcedGraph(graph, trials, false, part);
    }

    /** Runs of the longest affordable cut of the longest input, and of half of it. */
    private static Optional<SourcedGraph.Part> part(Graph graph, List<float[]> inputs) {
        Optional<Graph> blocks = DistinctBlocks.of(graph);
        if (blocks.isEmpty()) {
            return Optional.empty();
        }
        float[] longest = inputs.get(inputs.size() - 1);
        int length = longest.length;
        while (length > 1 && !isAffordable(blocks.get(), length, MOST_OF_PART)) {
            length /= 2;
        }
        List<SourcedGraph.Trial> trials = new ArrayList<>();
        for (int n : new int[] {length / 2, length}) {
            trial(blocks.get(), Arrays.copyOf(longest, n)).ifPresent(trials::add);
        }
        return trials.isEmpty() ? Optional.empty() : Optional.of(new SourcedGraph.Part(blocks.get(), trials));
    }

    private static boolean isAffordable(Graph graph, int samples, double most) {
        try {
            return products(graph, graph.sizes(List.of(new long[] {1, samples}), Map.of())) <= most;
        } catch (ModelFormatException e) {
            return true; // running it says that it takes no so many samples
        }
    }

    /** A run; empty if the model takes no so many samples: too few, or another number than its own. */
    private static Optional<SourcedGraph.Trial> trial(Graph graph, float[] samples) {
        long[] shape = {1, samples.length};
        try {
            TensorData output = ReferenceInterpreter.run(graph, ArrayTensor.of(samples, shape))
                    .get(0);
            return output.size() > 0
                    ? Optional.of(new SourcedGraph.Trial(samples, output.floats(), output.shape()))
                    : Optional.empty();
        } catch (ModelFormatException e) {
            LOG.debug("the model takes no {} samples", samples.length, e);
            return Optional.empty();
        }
    }

    private static double products(Graph graph, Map<String, Long> sizes) {
        double sum = 0;
        for (Node node : graph.nodes()) {
            double outputs = count(node.output().shape().evaluate(sizes));
            if (node.op() == Op.LINEAR || node.op() == Op.MATMUL || node.op() == Op.ATTENTION) {
                sum += outputs * node.input(0).shape().dim(-1).evaluate(sizes);
            } else if (node.op() == Op.CONV1D || node.op() == Op.CONV2D) {
                Dim all = node.input(1).shape().size();
                sum += outputs
                        * all.evaluate(sizes)
                        / node.input(1).shape().dim(0).evaluate(sizes);
            }
        }
        return sum;
    }

    private static double count(long[] shape) {
        double count = 1;
        for (long size : shape) {
            count *= size;
        }
        return count;
    }
}
