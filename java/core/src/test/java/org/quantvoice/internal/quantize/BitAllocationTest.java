package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

public class BitAllocationTest {
    /** Layers of a small model: sizes of the file and, somewhat more, of memory. */
    private record Model(int[] weights, double[] sensitivities) implements BitAllocation.Sizes {

        static Model random(Random random) {
            int[] weights = random.ints(5 + random.nextInt(60), 100, 150_000).toArray();
            return new Model(weights, random.doubles(weights.length, 0.01, 9).toArray());
        }

        @Override
        public long fixedFile() {
            return 20_000;
        }

        @Override
        public long fixedMemory() {
            return 12_345;
        }

        @Override
        public long file(int layer, WeightFormat format) {
            return ((long) weights[layer] * format.bits() + 7) / 8 + (format.isInteger() ? 700 : 0);
        }

        @Override
        public long memory(int layer, WeightFormat format) {
            return ((long) weights[layer] * format.bits() + 7) / 8 + 2_000;
        }

        @Override
        public long weights(int layer) {
            return weights[layer];
        }

        double averageBits(List<WeightFormat> formats) {
            double bits = IntStream.range(0, weights.length)
                    .mapToDouble(i -> (double) weights[i] * formats.get(i).bits())
                    .sum();
            return bits / Arrays.stream(weights).sum();
        }

        List<BitAllocation.Layer> layers() {
            List<BitAllocation.Layer> layers = new ArrayList<>();
            for (double sensitivity : sensitivities) {
                layers.add(new BitAllocation.Layer("layer" + layers.size(), sensitivity));
            }
            return layers;
        }

        long size(List<WeightFormat> formats) {
            long file = fixedFile();
            long memory = fixedMemory();
            for (int i = 0; i < formats.size(); i++) {
                file += file(i, formats.get(i));
                memory += memory(i, formats.get(i));
            }
            return Math.max(file, memory);
        }
    }

    @Test
    void budgetsAreMetAndUsed() {
        for (WeightScheme scheme : WeightScheme.values()) {
            for (int seed = 0; seed < 200; seed++) {
                Random random = new Random(seed);
                Model model = Model.random(random);
                List<WeightFormat> ladder = BitAllocation.ladder(scheme);
                long least = BitAllocation.size(model.weights.length, ladder.get(0), model);
                long most = BitAllocation.size(model.weights.length, WeightFormat.FLOAT, model);
                long budget = least + (long) (random.nextDouble() * (most - least));
                check(model, ladder, scheme, budget, "seed " + seed + " " + scheme);
                check(model, ladder, scheme, least, "least of seed " + seed + " " + scheme);
                check(model, ladder, scheme, most, "most of seed " + seed + " " + scheme);
            }
        }
    }

    private static void check(Model model, List<WeightFormat> ladder, WeightScheme scheme, long budget, String name) {
        List<WeightFormat> formats = BitAllocation.fit(model.layers(), scheme, new SizeBudget(budget), model);
        long used = model.size(formats);
        assertThat(used).as(name).isLessThanOrEqualTo(budget);
        int[] rungs = formats.stream().mapToInt(ladder::indexOf).toArray();
        int low = Arrays.stream(rungs).min().orElseThrow();
        int high = Arrays.stream(rungs).max().orElseThrow();
        assertThat(high - low).as(name + ": uniformity").isLessThanOrEqualTo(1);
        for (int i = 0; i < rungs.length; i++) {
            if (rungs[i] == low && low < ladder.size() - 1) {
                List<WeightFormat> wider = new ArrayList<>(formats);
                wider.set(i, ladder.get(low + 1));
                // stronger than "no more than 2 % unused above the next step": no step is left that fits at all
                assertThat(model.size(wider))
                        .as(name + ": layer " + i + " could be wider")
                        .isGreaterThan(budget);
            }
        }
    }

    @Test
    void averagesAreMetAndUsed() {
        for (WeightScheme scheme : WeightScheme.values()) {
            List<WeightFormat> ladder = BitAllocation.ladder(scheme);
            for (int seed = 0; seed < 200; seed++) {
                Random random = new Random(seed);
                Model model = Model.random(random);
                double least = WeightFormat.fewest(scheme);
                double bits = seed < 10 ? least + seed : least + random.nextDouble() * (32 - least);
                List<WeightFormat> formats = BitAllocation.fit(model.layers(), scheme, new AverageBits(bits), model);
                String name = scheme + " " + bits + " seed " + seed;
                assertThat(model.averageBits(formats)).as(name).isLessThanOrEqualTo(bits + 1e-12);
                int[] rungs = formats.stream().mapToInt(ladder::indexOf).toArray();
                int low = Arrays.stream(rungs).min().orElseThrow();
                assertThat(Arrays.stream(rungs).max().orElseThrow() - low)
                        .as(name)
                        .isLessThanOrEqualTo(1);
                for (int i = 0; i < rungs.length; i++) {
                    if (rungs[i] == low && low < ladder.size() - 1) {
                        List<WeightFormat> wider = new ArrayList<>(formats);
                        wider.set(i, ladder.get(low + 1));
                        assertThat(model.averageBits(wider))
                                .as(name + ": layer " + i + " could be wider")
                                .isGreaterThan(bits);
                    }
                }
            }
        }
    }

    @Test
    void averagesOutsideAreRefused() {
        Model model = Model.random(new Random(1));
        for (double bits : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new AverageBits(bits)).isInstanceOf(QuantizationException.class);
        }
        assertThatThrownBy(() -> BitAllocation.fit(model.layers(), WeightScheme.LOG2, new AverageBits(2.9), model))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("at least 3 bits a weight on average");
        assertThatThrownBy(() -> BitAllocation.fit(model.layers(), WeightScheme.LINEAR, new AverageBits(32.1), model))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("at most 32 bits a weight on average");
    }

    @Test
    void sensitiveLayersKeepTheirBitsLongest() {
        Model model = new Model(new int[] {1000, 1000, 1000, 1000}, new double[] {3, 1, 4, 2});
        long eight = BitAllocation.size(4, WeightFormat.INT8, model);
        List<WeightFormat> formats =
                BitAllocation.fit(model.layers(), WeightScheme.LINEAR, new SizeBudget(eight - 250), model);
        assertThat(formats)
                .containsExactly(WeightFormat.INT8, WeightFormat.linear(7), WeightFormat.INT8, WeightFormat.linear(7));
    }

    @Test
    void budgetsOutsideAreRefusedWithTheSizeThatWorks() {
        Model model = Model.random(new Random(1));
        int layers = model.weights.length;
        long least = BitAllocation.size(layers, WeightFormat.linear(2), model);
        long most = BitAllocation.size(layers, WeightFormat.FLOAT, model);
        for (long budget : new long[] {0, least - 1}) {
            assertThatThrownBy(
                            () -> BitAllocation.fit(model.layers(), WeightScheme.LINEAR, new SizeBudget(budget), model))
                    .isInstanceOf(QuantizationException.class)
                    .hasMessageContaining("(" + least + " bytes), the smallest");
        }
        assertThatThrownBy(
                        () -> BitAllocation.fit(model.layers(), WeightScheme.LINEAR, new SizeBudget(most + 1), model))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("at most")
                .hasMessageContaining("(" + most + " bytes)");
    }

    @Test
    void sizesAreReadAsPeopleWriteThem() {
        assertThat(DataSize.parse("75MB").bytes()).isEqualTo(75_000_000);
        assertThat(DataSize.parse(" 1.5 gb ").bytes()).isEqualTo(1_500_000_000);
        assertThat(DataSize.parse("2KiB").bytes()).isEqualTo(2048);
        assertThat(DataSize.parse("123").bytes()).isEqualTo(123);
        assertThat(DataSize.megabytes(75).bytes()).isEqualTo(75_000_000);
        for (String text : List.of("", "MB", "-1MB", "1e9", "1 TB", "NaN", "99999999999999GB")) {
            assertThatThrownBy(() -> DataSize.parse(text)).isInstanceOf(QuantizationException.class);
        }
        assertThatThrownBy(() -> new DataSize(-1)).isInstanceOf(QuantizationException.class);
    }
}
