package org.quantvoice.internal.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * Runs the reference interpreter on two of the shortest inputs, if they are affordable, to compare the engine with.
 */
public final class ReferenceTrials {
    private static final Logger LOG = LoggerFactory.getLogger(ReferenceTrials.class);
    private static final int COUNT = 2;
    /** Largest number of products of a run, which takes a few seconds. */
    private static final double MOST = 3e9;

    private ReferenceTrials() {}

    public static List<SourcedGraph.Trial> of(Graph graph, List<float[]> inputs) {
        List<SourcedGraph.Trial> trials = new ArrayList<>();
        for (float[] samples : inputs) {
            if (trials.size() < COUNT) {
                run(graph, samples, trials);
            }
        }
        return trials;
    }

    private static void run(Graph graph, float[] samples, List<SourcedGraph.Trial> trials) {
        long[] shape = {1, samples.length};
        try {
            double products = products(graph, graph.sizes(List.of(shape), Map.of()));
            if (products > MOST) {
                LOG.info("the check with {} samples is left out: it takes {} products", samples.length, products);
                return;
            }
            TensorData output = ReferenceInterpreter.run(graph, ArrayTensor.of(samples, shape))
                    .get(0);
            if (output.size() > 0) {
                trials.add(new SourcedGraph.Trial(samples, output.floats(), output.shape()));
            }
        } catch (ModelFormatException e) {
            LOG.debug(
                    // too short, or another length than the model's only one
                    "the model takes no {} samples", samples.length, e);
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
