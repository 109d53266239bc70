package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.qv.QvStream;
import org.quantvoice.internal.qv.QvStreamFile;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/** Sizes of models of several graphs, and budgets that their layers share. */
public class ModelSizesTest {
    private static final QuantRecipe RECIPE = new QuantRecipe(List.of(), List.of(""), ActivationObserver.MIN_MAX, true);
    private static final WeightScheme LINEAR = WeightScheme.LINEAR;
    /** Of numbers in the header, a tensor. */
    private static final long MOST_UNUSED = 8 * 2 + 4;

    @TempDir
    Path folder;

    /** Linear layers of random widths one behind the other; two parts may have layers of one name. */
    private static Graph chain(Random random, int layers) {
        GraphBuilder builder = new GraphBuilder();
        int width = 8 + random.nextInt(40);
        Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T"), Dim.of(width)));
        for (int i = 0; i < layers; i++) {
            int next = 8 + random.nextInt(40);
            float[] weight = new float[next * width];
            for (int k = 0; k < weight.length; k++) {
                weight[k] = (float) random.nextGaussian();
            }
            Value weights = builder.constant("l" + i + ".weight", ArrayTensor.of(weight, next, width), true);
            Value bias = builder.constant("l" + i + ".bias", ArrayTensor.of(new float[next], next), true);
            x = builder.add(Op.LINEAR, "l" + i, Attributes.NONE, x, weights, bias);
            width = next;
        }
        return builder.build(List.of(x));
    }

    private static List<Graph> graphs(Random random, int... layers) {
        return Arrays.stream(layers).mapToObj(n -> chain(random, n)).toList();
    }

    private static QvStream stream(List<Graph> graphs) {
        Map<String, Graph> named = new LinkedHashMap<>();
        graphs.forEach(g -> named.put("part" + named.size(), g));
        return new QvStream(named, Map.of("melBins", 80L), Optional.of("{}"), Map.of("source", "x"));
    }

    private static ModelSizes sizes(List<Graph> graphs) {
        List<ModelSizes.Part> parts =
                graphs.stream().map(g -> new TunedPart(g, RECIPE).sized()).toList();
        return new ModelSizes(parts, LINEAR, copies -> QvStreamFile.fileSize(stream(copies)));
    }

    /** The parts as they would be saved. */
    private static List<Graph> quantized(List<Graph> graphs, List<WeightFormat> formats) {
        List<Graph> int8 = new ArrayList<>();
        int at = 0;
        for (Graph graph : graphs) {
            Quantizer quantizer = new Quantizer(graph, RECIPE);
            for (Node layer : quantizer.distinctLayers()) {
                quantizer.setFormat(layer.input(1).name(), formats.get(at++));
            }
            int8.add(quantizer
                    .apply(quantizer.precisions(List.of(), (s, t) -> Map.of(), Progress.none()))
                    .graph());
        }
        assertThat(at).isEqualTo(formats.size());
        return int8;
    }

    private static long foretold(ModelSizes sizes, List<WeightFormat> formats) {
        return sizes.fixedFile()
                + IntStream.range(0, formats.size())
                        .mapToLong(i -> sizes.file(i, formats.get(i)))
                        .sum();
    }

    @Test
    void filesAreAsLargeAsForetold() throws IOException {
        List<WeightFormat> ladder = BitAllocation.ladder(LINEAR);
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Graph> graphs = graphs(random, 3, 1, 4, 2);
            ModelSizes sizes = sizes(graphs);
            List<WeightFormat> formats =
                    random.ints(10, 0, ladder.size()).mapToObj(ladder::get).toList();
            Path file = folder.resolve("model.qv");
            QvStreamFile.write(stream(quantized(graphs, formats)), file);
            long size = Files.size(file);
            assertThat(size)
                    .as("formats %s of seed %d", formats, seed)
                    .isEqualTo(QvStreamFile.fileSize(stream(quantized(graphs, formats))));
            // graphs without narrow weights say less in the header
            long header = 64 + MOST_UNUSED * 20 + 200L * 10;
            assertThat(foretold(sizes, formats))
                    .as("foretold for formats %s of seed %d", formats, seed)
                    .isBetween(size, size + header);
        }
    }

    /** All ways to spend a budget that keep layers within one step: the best has the most bits where they count most. */
    @Test
    void sharesAreThoseOfBruteForce() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<Graph> graphs = graphs(random, 2, 1, 2);
            ModelSizes sizes = sizes(graphs);
            List<BitAllocation.Layer> layers = random.doubles(5, 0.01, 9)
                    .mapToObj(s -> new BitAllocation.Layer("layer", s))
                    .toList();
            long least = BitAllocation.size(5, WeightFormat.linear(2), sizes);
            long most = BitAllocation.size(5, WeightFormat.FLOAT, sizes);
            long budget = seed == 0 ? least : least + (long) (random.nextDouble() * (most - least));
            List<WeightFormat> formats = BitAllocation.fit(layers, LINEAR, new SizeBudget(budget), sizes);
            assertThat(formats)
                    .as("budget %d of seed %d", budget, seed)
                    .isEqualTo(best(layers, f -> size(sizes, f) <= budget));
            assertThat(QvStreamFile.fileSize(stream(quantized(graphs, formats))))
                    .as("file for %d of seed %d", budget, seed)
                    .isLessThanOrEqualTo(budget);
            double bits = 2 + random.nextDouble() * 30;
            assertThat(BitAllocation.fit(layers, LINEAR, new AverageBits(bits), sizes))
                    .as("%f bits of seed %d", bits, seed)
                    .isEqualTo(best(layers, f -> averageBits(sizes, f) <= bits));
        }
    }

    private static long size(ModelSizes sizes, List<WeightFormat> formats) {
        long memory = sizes.fixedMemory()
                + IntStream.range(0, formats.size())
                        .mapToLong(i -> sizes.memory(i, formats.get(i)))
                        .sum();
        return Math.max(memory, foretold(sizes, formats));
    }

    private static double averageBits(ModelSizes sizes, List<WeightFormat> formats) {
        double bits = IntStream.range(0, formats.size())
                .mapToDouble(i -> (double) sizes.weights(i) * formats.get(i).bits())
                .sum();
        return bits
                / IntStream.range(0, formats.size()).mapToLong(sizes::weights).sum();
    }

    private interface Fits {
        boolean test(List<WeightFormat> formats);
    }

    private static List<WeightFormat> best(List<BitAllocation.Layer> layers, Fits fits) {
        List<WeightFormat> ladder = BitAllocation.ladder(LINEAR);
        List<Integer> falling = IntStream.range(0, layers.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -layers.get(i).sensitivity()))
                .toList();
        int[] best = null;
        for (int low = 0; low < ladder.size(); low++) {
            for (int raised = 0; raised < (low + 1 < ladder.size() ? 1 << layers.size() : 1); raised++) {
                int[] rungs = new int[layers.size()];
                for (int i = 0; i < rungs.length; i++) {
                    rungs[i] = low + (raised >> i & 1);
                }
                boolean better = best == null || compare(rungs, best, falling) > 0;
                if (better
                        && fits.test(Arrays.stream(rungs).mapToObj(ladder::get).toList())) {
                    best = rungs;
                }
            }
        }
        return Arrays.stream(best).mapToObj(ladder::get).toList();
    }

    /** The lowest rung counts first, then the rungs from the most sensitive layer on. */
    private static int compare(int[] a, int[] b, List<Integer> falling) {
        int lowest = Integer.compare(
                Arrays.stream(a).min().orElseThrow(), Arrays.stream(b).min().orElseThrow());
        if (lowest != 0) {
            return lowest;
        }
        return falling.stream()
                .map(i -> Integer.compare(a[i], b[i]))
                .filter(c -> c != 0)
                .findFirst()
                .orElse(0);
    }
}
