package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.WeightFormat;

/** Scales by weighted errors, against brute force in double over the same candidates. */
public class ScaleSearchTest {
    private static final int STEPS = 14;
    private static final double STEP = 0.05;
    /** Inputs are whole numbers from 0 to this, which 8 bits hold exactly. */
    private static final int TOP = 255;

    /** A linear layer, what it sees of one recording, and how much each output matters. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Case(
            WeightFormat format, double[][] weight, int[][] frames, double[][] importance, boolean corrected) {
        int channels() {
            return weight.length;
        }

        double exact(int frame, int channel) {
            return output(frame, weight[channel]);
        }

        double output(int frame, double[] row) {
            double sum = 0;
            for (int i = 0; i < row.length; i++) {
                sum += frames[frame][i] * row[i];
            }
            return sum;
        }

        double widest(int channel) {
            double most = Arrays.stream(weight[channel]).map(Math::abs).max().orElseThrow();
            return most / levels();
        }

        int levels() {
            return (1 << (format.bits() - 1)) - 1;
        }

        /** The sum over frames of importance times squared error, with the best bias if there may be one. */
        double error(int channel, double scale, boolean weighted) {
            double[] rounded = rounded(channel, scale);
            double bias = bias(channel, rounded, weighted);
            double sum = 0;
            for (int f = 0; f < frames.length; f++) {
                double off = exact(f, channel) - output(f, rounded) - bias;
                sum += (weighted ? importance[f][channel] : 1) * off * off;
            }
            return sum;
        }

        double[] rounded(int channel, double scale) {
            return Arrays.stream(weight[channel])
                    .map(w -> scale * Math.max(-levels(), Math.min(levels(), Math.rint(w / scale))))
                    .toArray();
        }

        double bias(int channel, double[] rounded, boolean weighted) {
            return corrected ? meanOffset(channel, rounded, weighted) : 0;
        }

        double meanOffset(int channel, double[] rounded, boolean weighted) {
            double offsets = 0;
            double weights = 0;
            for (int f = 0; f < frames.length; f++) {
                double weight = weighted ? importance[f][channel] : 1;
                offsets += weight * (exact(f, channel) - output(f, rounded));
                weights += weight;
            }
            return offsets / weights;
        }

        double least(int channel, boolean weighted) {
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < STEPS; i++) {
                least = Math.min(least, error(channel, widest(channel) * (1 - STEP * i), weighted));
            }
            return least;
        }

        ScaleSearch.Scales find(ScaleObjective objective) {
            long[] shape = {1, frames.length, frames[0].length};
            GraphBuilder builder = new GraphBuilder();
            Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T"), Dim.of(shape[2])));
            Value w = builder.constant("weight", ArrayTensor.of(flat(weight), channels(), shape[2]), true);
            Graph graph = builder.build(List.of(builder.add(Op.LINEAR, "layer", Attributes.NONE, x, w)));
            double[][] inputs = Arrays.stream(frames)
                    .map(row -> Arrays.stream(row).asDoubleStream().toArray())
                    .toArray(double[][]::new);
            double[][] outputs = new double[frames.length][channels()];
            for (int f = 0; f < frames.length; f++) {
                for (int c = 0; c < channels(); c++) {
                    outputs[f][c] = exact(f, c);
                }
            }
            try (KernelPool pool = KernelPool.of(1)) {
                return new ScaleSearch(graph, pool, objective)
                        .find(
                                graph.nodes().get(0),
                                LayerPrecision.DYNAMIC,
                                format,
                                new ScaleSearch.Outputs(
                                        List.of(new LayerInput(flat(inputs), shape)),
                                        List.of(flat(outputs)),
                                        objective == ScaleObjective.HESSIAN ? List.of(flat(importance)) : List.of()),
                                corrected);
            }
        }
    }

    private static float[] flat(double[][] rows) {
        List<Double> all = new ArrayList<>();
        Arrays.stream(rows).forEach(row -> Arrays.stream(row).forEach(all::add));
        float[] values = new float[all.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = all.get(i).floatValue();
        }
        return values;
    }

    /** The first frame needs the large weight, the second the small one, and the loss minds only the second. */
    @Test
    void hessianServesTheOutputsThatTheLossMinds() {
        Case layer = new Case(
                WeightFormat.linear(2),
                new double[][] {{1, 0.3}},
                new int[][] {{TOP, 0}, {0, TOP}},
                new double[][] {{0.01}, {1.99}},
                false);
        float mse = layer.find(ScaleObjective.MSE).perChannel()[0];
        float hessian = layer.find(ScaleObjective.HESSIAN).perChannel()[0];
        assertThat(mse).isEqualTo(1f);
        assertThat(hessian).isEqualTo(0.35f);
        assertThat(layer.error(0, hessian, true)).isLessThan(layer.error(0, mse, true) / 10);
        assertThat(layer.error(0, hessian, false)).isGreaterThan(layer.error(0, mse, false));
    }

    @Test
    void theLeastErrorOfAllCandidatesIsFound() {
        int differ = 0;
        for (int seed = 0; seed < 60; seed++) {
            Case layer = random(new Random(seed));
            float[] mse = layer.find(ScaleObjective.MSE).perChannel();
            float[] hessian = layer.find(ScaleObjective.HESSIAN).perChannel();
            for (int c = 0; c < layer.channels(); c++) {
                String what = "seed " + seed + ", channel " + c + ", " + layer.format();
                assertThat(layer.error(c, mse[c], false)).as(what).isLessThan(1.001 * layer.least(c, false) + 1e-6);
                assertThat(layer.error(c, hessian[c], true)).as(what).isLessThan(1.001 * layer.least(c, true) + 1e-6);
                differ += mse[c] != hessian[c] ? 1 : 0;
            }
        }
        assertThat(differ).as("channels in which the two differ").isGreaterThan(60);
    }

    /** The noise that is told counts all outputs alike, and the bias that was chosen for those that matter. */
    @Test
    void noiseIsThatWhichIsLeft() {
        for (int seed = 0; seed < 10; seed++) {
            Case layer = random(new Random(seed));
            ScaleSearch.Scales found = layer.find(ScaleObjective.HESSIAN);
            double signal = 0;
            double noise = 0;
            for (int c = 0; c < layer.channels(); c++) {
                double[] rounded = layer.rounded(c, found.perChannel()[c]);
                double bias = layer.bias(c, rounded, true);
                assertThat((double) found.errors().meanOffsets()[c])
                        .as("bias, seed %d, channel %d", seed, c)
                        .isCloseTo(layer.meanOffset(c, rounded, true), within(1e-3));
                for (int f = 0; f < layer.frames().length; f++) {
                    signal += Math.pow(layer.exact(f, c), 2);
                    noise += Math.pow(layer.exact(f, c) - layer.output(f, rounded) - bias, 2);
                }
            }
            assertThat(found.errors().decibels())
                    .as("seed %d", seed)
                    .isCloseTo(10 * Math.log10(signal / noise), within(0.01));
        }
    }

    /** Importance as gradients have it: few of the frames count. */
    private static Case random(Random random) {
        int frames = 3 + random.nextInt(20);
        int width = 2 + random.nextInt(30);
        int channels = 1 + random.nextInt(5);
        double[][] weight = new double[channels][width];
        for (double[] row : weight) {
            Arrays.setAll(row, i -> (float) random.nextGaussian());
        }
        int[][] rows = new int[frames][width];
        double[][] importance = new double[frames][channels];
        for (int f = 0; f < frames; f++) {
            Arrays.setAll(rows[f], i -> random.nextInt(TOP + 1));
            rows[f][0] = 0;
            rows[f][1] = TOP;
            Arrays.setAll(importance[f], i -> (float) Math.exp(4 * random.nextGaussian()));
        }
        return new Case(WeightFormat.linear(2 + random.nextInt(3)), weight, rows, importance, random.nextBoolean());
    }
}
