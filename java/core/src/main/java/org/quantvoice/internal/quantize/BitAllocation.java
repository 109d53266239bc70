package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.Budget;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/**
 * Chooses a format for each layer under a budget. All layers begin as float; then, from the least to the most
 * sensitive and over again, each is made one step narrower until the model fits. So no two layers are ever more than
 * one step apart, which is the uniformity constraint of the paper (Fish, Michieli, Ozay, 2023); a step is one bit up
 * to 8 bits, then bfloat16, then float. The rest of the budget makes layers one step wider within that constraint,
 * the most sensitive first.
 */
public final class BitAllocation {
    private final List<WeightFormat> ladder;
    private final List<Layer> layers;
    private final Sizes sizes;
    private final int[] rungs;

    /**
     * A layer whose format is chosen.
     *
     * @param path for messages
     * @param sensitivity a layer with a larger one keeps its bits longer
     */
    public record Layer(String path, double sensitivity) {}

    /** The sizes of a model in the file and in memory, in bytes. */
    public interface Sizes {

        /** Returns the bytes in the file of everything but the layers' weights: header, norms, biases and so on. */
        long fixedFile();

        /** Returns the bytes in memory of everything but the layers' weights. */
        long fixedMemory();

        long file(int layer, WeightFormat format);

        long memory(int layer, WeightFormat format);

        /** Returns the number of elements in a layer's weight. */
        long weights(int layer);
    }

    /** Counts the bits of the weights alone, so that the same steps can meet an average of bits. */
    private record WeightBits(Sizes sizes) implements Sizes {

        @Override
        public long fixedFile() {
            return 0;
        }

        @Override
        public long fixedMemory() {
            return 0;
        }

        @Override
        public long file(int layer, WeightFormat format) {
            return format.bits() * sizes.weights(layer);
        }

        @Override
        public long memory(int layer, WeightFormat format) {
            return file(layer, format);
        }

        @Override
        public long weights(int layer) {
            return sizes.weights(layer);
        }
    }

    private BitAllocation(List<Layer> layers, WeightScheme scheme, Sizes sizes) {
        this.ladder = ladder(scheme);
        this.layers = layers;
        this.sizes = sizes;
        this.rungs = new int[layers.size()];
    }

    /** Returns the formats of a scheme from the narrowest to the widest. */
    public static List<WeightFormat> ladder(WeightScheme scheme) {
        List<WeightFormat> formats = new ArrayList<>();
        for (int bits = WeightFormat.fewest(scheme); bits <= 8; bits++) {
            formats.add(new WeightFormat(bits, scheme));
        }
        formats.add(WeightFormat.BFLOAT16);
        formats.add(WeightFormat.FLOAT);
        return List.copyOf(formats);
    }

    /**
     * Chooses one format for each layer.
     *
     * @throws QuantizationException if even the narrowest formats take more than the budget, or if all layers in float take
     *     less
     */
    public static List<WeightFormat> fit(List<Layer> layers, WeightScheme scheme, Budget budget, Sizes sizes) {
        if (budget instanceof AverageBits average) {
            long weights =
                    IntStream.range(0, layers.size()).mapToLong(sizes::weights).sum();
            return new BitAllocation(layers, scheme, new WeightBits(sizes))
                    .fit((long) Math.floor(average.bits() * weights), bits -> new AverageBits((double) bits / weights));
        }
        return new BitAllocation(layers, scheme, sizes).fit(((SizeBudget) budget).bytes(), SizeBudget::new);
    }

    /** Returns the size of the file or of the memory in bytes, whichever is larger, with all layers in one format. */
    public static long size(int layers, WeightFormat format, Sizes sizes) {
        return Math.max(fileSize(layers, format, sizes), memorySize(layers, format, sizes));
    }

    private static long fileSize(int layers, WeightFormat format, Sizes sizes) {
        return sizes.fixedFile()
                + IntStream.range(0, layers)
                        .mapToLong(i -> sizes.file(i, format))
                        .sum();
    }

    private static long memorySize(int layers, WeightFormat format, Sizes sizes) {
        return sizes.fixedMemory()
                + IntStream.range(0, layers)
                        .mapToLong(i -> sizes.memory(i, format))
                        .sum();
    }

    /** @param name turns an amount into a budget, for messages */
    private List<WeightFormat> fit(long budget, LongFunction<Budget> name) {
        int top = ladder.size() - 1;
        long least = size(rungs.length, ladder.get(0), sizes);
        long most = size(rungs.length, ladder.get(top), sizes);
        if (budget < least) {
            throw new QuantizationException(
                    "a budget of " + name.apply(budget),
                    "at least " + name.apply(least) + ", the smallest that this model reaches",
                    "raise the budget to that, or take a smaller model");
        }
        if (budget > most) {
            throw new QuantizationException(
                    "a budget of " + name.apply(budget),
                    "at most " + name.apply(most) + ", which the float model takes",
                    "lower the budget, or use the float model as it is");
        }
        Integer[] rising = order();
        Arrays.fill(rungs, top);
        long file = fileSize(rungs.length, ladder.get(top), sizes);
        long memory = memorySize(rungs.length, ladder.get(top), sizes);
        for (int step = 0; Math.max(file, memory) > budget; step++) {
            int layer = rising[step % rungs.length];
            file -= stepUp(layer, rungs[layer] - 1, sizes::file);
            memory -= stepUp(layer, rungs[layer] - 1, sizes::memory);
            rungs[layer]--;
        }
        fill(rising, budget - file, budget - memory);
        return Arrays.stream(rungs).mapToObj(ladder::get).toList();
    }

    private interface Bytes {
        long of(int layer, WeightFormat format);
    }

    /** Returns the number of bytes that a layer grows by one rung higher. */
    private long stepUp(int layer, int rung, Bytes bytes) {
        return bytes.of(layer, ladder.get(rung + 1)) - bytes.of(layer, ladder.get(rung));
    }

    private Integer[] order() {
        Integer[] order = new Integer[rungs.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order, Comparator.comparingDouble((Integer i) -> layers.get(i).sensitivity()));
        return order;
    }

    private void fill(Integer[] rising, long fileLeft, long memoryLeft) {
        int lowest = Arrays.stream(rungs).min().orElse(0);
        int highest = Arrays.stream(rungs).max().orElse(0);
        int roof = lowest == highest ? Math.min(lowest + 1, ladder.size() - 1) : highest;
        for (int i = rising.length - 1; i >= 0; i--) {
            int layer = rising[i];
            if (rungs[layer] >= roof) {
                continue;
            }
            long file = stepUp(layer, rungs[layer], sizes::file);
            long memory = stepUp(layer, rungs[layer], sizes::memory);
            if (file <= fileLeft && memory <= memoryLeft) {
                rungs[layer]++;
                fileLeft -= file;
                memoryLeft -= memory;
            }
        }
    }
}
