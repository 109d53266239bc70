package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.ScaleObjective;

/** Ranges of inputs by what they do to the outputs, against brute force in double over the same candidates. */
public class LayerCalibrationTest {
    private static final double[] FACTORS = {1, 1.2, 1.1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3};
    private static final int KERNEL = 4;
    private static final int TOP = 127;
    private static final List<String> NAMES = List.of("first", "second");

    /** Two convolutions of one waveform. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Case(float[][][] weights, boolean[] biased, float[][] recordings, double wide) {

        static Case random(int seed) {
            Random random = new Random(seed);
            float[][][] weights = new float[NAMES.size()][1 + random.nextInt(5)][KERNEL];
            boolean[] biased = new boolean[NAMES.size()];
            for (int i = 0; i < weights.length; i++) {
                biased[i] = random.nextBoolean();
                for (float[] row : weights[i]) {
                    for (int k = 0; k < KERNEL; k++) {
                        row[k] = (float) random.nextGaussian();
                    }
                }
            }
            float[][] recordings = new float[1 + random.nextInt(3)][];
            for (int r = 0; r < recordings.length; r++) {
                recordings[r] = speech(random);
            }
            return new Case(weights, biased, recordings, 0.7 + 2.5 * random.nextDouble());
        }

        private static float[] speech(Random random) {
            float[] samples = new float[50 + random.nextInt(300)];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (float) random.nextGaussian() * 0.1f + 0.02f;
            }
            return samples;
        }

        /** What an observer says that is off by a factor. */
        ActivationRange observed() {
            float least = 0;
            float most = 0;
            for (float[] samples : recordings) {
                for (float x : samples) {
                    least = Math.min(least, x);
                    most = Math.max(most, x);
                }
            }
            return ActivationRange.covering(least * wide, most * wide);
        }

        Graph graph() {
            GraphBuilder builder = new GraphBuilder();
            Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
            List<Dim> shape = List.of(Dim.ONE, Dim.ONE, wav.shape().dim(1));
            Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", shape), wav);
            Attributes window = Attributes.of(
                    "stride", new int[] {1}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1);
            List<Value> outputs = new ArrayList<>();
            for (int i = 0; i < weights.length; i++) {
                int channels = weights[i].length;
                List<Value> inputs = new ArrayList<>(List.of(
                        x,
                        builder.constant(
                                NAMES.get(i) + ".weight", ArrayTensor.of(flat(i), channels, 1, KERNEL), true)));
                if (biased[i]) {
                    inputs.add(builder.constant(
                            NAMES.get(i) + ".bias", ArrayTensor.of(new float[channels], channels), true));
                }
                outputs.addAll(builder.addAll(Op.CONV1D, NAMES.get(i), window, inputs));
            }
            return builder.build(outputs);
        }

        private float[] flat(int layer) {
            float[] all = new float[weights[layer].length * KERNEL];
            for (int i = 0; i < all.length; i++) {
                all[i] = weights[layer][i / KERNEL][i % KERNEL];
            }
            return all;
        }

        /** Share of the noise in the squared outputs of both layers, or the sum of their mean 1 - cosine. */
        double error(ScaleObjective objective, double scale, int zero) {
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                double errors = 0;
                double signal = 0;
                for (float[] row : weights[i]) {
                    Channel channel = channel(row, scale, zero);
                    errors += objective == ScaleObjective.COSINE ? 1 - channel.cosine() : channel.noise(biased[i]);
                    signal += channel.exact;
                }
                sum += objective == ScaleObjective.COSINE ? errors / weights[i].length : errors / signal;
            }
            return sum;
        }

        private Channel channel(float[] row, double scale, int zero) {
            double widest = 0;
            for (float w : row) {
                widest = Math.max(widest, Math.abs(w));
            }
            double step = widest / TOP;
            Channel channel = new Channel();
            for (float[] samples : recordings) {
                for (int t = 0; t + KERNEL <= samples.length; t++) {
                    double exact = 0;
                    double rounded = 0;
                    for (int k = 0; k < KERNEL; k++) {
                        double code = Math.max(0, Math.min(255, Math.rint(samples[t + k] / scale) + zero));
                        exact += (double) row[k] * samples[t + k];
                        rounded += Math.rint(row[k] / step) * step * (code - zero) * scale;
                    }
                    channel.add(exact, rounded);
                }
            }
            return channel;
        }

        double bestOf(ScaleObjective objective, ActivationRange observed) {
            return Arrays.stream(FACTORS)
                    .map(f -> error(objective, observed.scale() * f, observed.zeroPoint()))
                    .min()
                    .orElseThrow();
        }
    }

    /** Sums over the outputs of a channel. */
    private static final class Channel {
        private double exact;
        private double rounded;
        private double product;
        private double offset;
        private double square;
        private int count;

        void add(double x, double y) {
            exact += x * x;
            rounded += y * y;
            product += x * y;
            offset += x - y;
            square += (x - y) * (x - y);
            count++;
        }

        double noise(boolean corrected) {
            return square - (corrected ? offset * offset / count : 0);
        }

        double cosine() {
            return product / Math.sqrt(exact * rounded);
        }
    }

    private static Map<Node, LayerPrecision> found(Case layers, ScaleObjective objective, QuantRecipe recipe) {
        List<Audio> audio = Arrays.stream(layers.recordings())
                .map(samples -> new Audio(samples, 16_000))
                .toList();
        Graph graph = layers.graph();
        Quantizer.FloatRun run = (samples, taps) -> {
            Map<Value, float[]> seen = new HashMap<>();
            taps.forEach(value -> seen.put(value, samples));
            return seen;
        };
        Quantizer quantizer = new Quantizer(graph, recipe);
        ActivationRange observed = layers.observed();
        Map<Node, LayerPrecision> before = new LinkedHashMap<>();
        quantizer
                .distinctLayers()
                .forEach(n -> before.put(n, LayerPrecision.statically(observed.scale(), observed.zeroPoint())));
        LayerInputs inputs = new LayerInputs(graph, run, audio, Progress.none());
        try (KernelPool pool = KernelPool.of(1)) {
            return new LayerCalibration(graph, inputs, pool, objective, Optional.empty())
                    .ranges(quantizer.observedLayers(), before, quantizer);
        }
    }

    private static QuantRecipe recipe() {
        return new QuantRecipe(NAMES, List.of(), ActivationObserver.MIN_MAX, true);
    }

    @ParameterizedTest
    @EnumSource(
            value = ScaleObjective.class,
            names = {"MSE", "COSINE"})
    void theLeastErrorOfAllRangesIsFound(ScaleObjective objective) {
        int narrowed = 0;
        int widened = 0;
        for (int seed = 0; seed < 40; seed++) {
            Case layers = Case.random(seed);
            ActivationRange observed = layers.observed();
            var found = found(layers, objective, recipe()).values();
            assertThat(found).as("layers of one input, seed %d", seed).hasSize(2);
            assertThat(found.stream().distinct()).hasSize(1);
            LayerPrecision range = found.iterator().next();
            assertThat(range.zero()).isEqualTo(observed.zeroPoint());
            double error = layers.error(objective, range.scale(), range.zero());
            assertThat(error)
                    .as("%s, seed %d, %.2f of the range", objective, seed, range.scale() / observed.scale())
                    .isLessThan(1.001 * layers.bestOf(objective, observed) + 1e-9);
            narrowed += range.scale() < observed.scale() ? 1 : 0;
            widened += range.scale() > observed.scale() ? 1 : 0;
        }
        assertThat(narrowed).as("cases with a narrower range").isBetween(10, 38);
        assertThat(widened).as("cases with a wider range").isPositive();
    }

    @Test
    void minMaxAndKnownRangesAreKept() {
        Case layers = Case.random(2);
        ActivationRange observed = layers.observed();
        found(layers, ScaleObjective.MIN_MAX, recipe()).values().forEach(p -> assertThat(p.scale())
                .isEqualTo(observed.scale()));
        ActivationRanges known = new ActivationRanges(
                Map.of("first", new ActivationRange(0.25, 7), "second", new ActivationRange(0.25, 7)));
        found(layers, ScaleObjective.MSE, recipe().withRanges(known)).values().forEach(p -> assertThat(p.scale())
                .isEqualTo(observed.scale()));
    }
}
