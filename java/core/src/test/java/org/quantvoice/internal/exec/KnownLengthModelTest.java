package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.CancelledException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.kernels.NativeMemory;

/** Models with a graph for each length: results, what is kept and what is shared, threads, interrupts, lengths that do not fit. */
class KnownLengthModelTest {
    private static final int HOP = 4;
    private static final int TOKENS = 5;
    private static final int SHORTEST = 8;
    private static final int LONGEST = 1_000;
    private static final long LARGE = 1L << 30;

    private final long live = NativeMemory.liveBlocks();

    @AfterEach
    void nothingIsLeft() {
        assertThat(NativeMemory.liveBlocks()).as("native blocks").isEqualTo(live);
    }

    /** A linear layer that all lengths share, and a table of the length's own that is added to its result. */
    private static final class Tables implements KnownLengthModel.Graphs {
        private final TensorData weight = noise(1, TOKENS, HOP);
        private final TensorData bias = noise(2, TOKENS);
        private final AtomicInteger made = new AtomicInteger();
        private final AtomicInteger open = new AtomicInteger();
        private volatile boolean closed;

        private static ArrayTensor noise(long seed, long... shape) {
            Random random = new Random(seed);
            int size = 1;
            for (long dim : shape) {
                size *= (int) dim;
            }
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return ArrayTensor.of(values, shape);
        }

        private static ArrayTensor table(long samples) {
            return noise(samples, 1, samples / HOP, TOKENS);
        }

        @Override
        public Graph at(long samples) {
            if (samples < SHORTEST) {
                throw new UnsupportedOperatorException("no round of a loop", "one", "take more samples");
            }
            if (samples > LONGEST) {
                throw new ModelFormatException("a table that is too short", "a longer one", "take fewer samples");
            }
            made.incrementAndGet();
            open.incrementAndGet();
            GraphBuilder builder = new GraphBuilder();
            Value wavs = builder.input("wavs", DType.FLOAT, Shape.of(1, samples));
            Value cut = builder.add(
                    Op.SLICE,
                    "",
                    Attributes.of("axis", 1, "start", Dim.ZERO, "end", Dim.of(samples / HOP * HOP), "step", 1),
                    wavs);
            List<Dim> rows = List.of(Dim.ONE, Dim.of(samples / HOP), Dim.of(HOP));
            Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", rows), cut);
            x = builder.add(
                    Op.LINEAR,
                    "layer",
                    Attributes.NONE,
                    x,
                    builder.constant("layer.weight", weight, true),
                    builder.constant("layer.bias", bias, true));
            x = builder.add(Op.ADD, "", Attributes.NONE, x, builder.constant("table", table(samples), false));
            return builder.build(List.of(builder.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), x)));
        }

        @Override
        public boolean common(TensorData constant) {
            return constant == weight || constant == bias;
        }

        @Override
        public void close(Graph graph) {
            open.decrementAndGet();
            KnownLengthModel.Graphs.super.close(graph);
        }

        @Override
        public void close() {
            closed = true;
        }

        /** The same in plain Java. */
        float[] expected(float[] samples) {
            float[] w = weight.floats();
            float[] b = bias.floats();
            float[] table = table(samples.length).floats();
            float[] result = new float[samples.length / HOP * TOKENS];
            for (int t = 0; t < samples.length / HOP; t++) {
                double sum = 0;
                for (int v = 0; v < TOKENS; v++) {
                    double value = b[v] + table[t * TOKENS + v];
                    for (int k = 0; k < HOP; k++) {
                        value += w[v * HOP + k] * samples[t * HOP + k];
                    }
                    result[t * TOKENS + v] = (float) value;
                    sum += Math.exp(value);
                }
                for (int v = 0; v < TOKENS; v++) {
                    result[t * TOKENS + v] -= (float) Math.log(sum);
                }
            }
            return result;
        }
    }

    private static KnownLengthModel open(Tables tables, int mostPrograms, long mostBytes) {
        return new KnownLengthModel(tables, Optional.empty(), 100, 1, 16, mostPrograms, mostBytes);
    }

    private static void requireResult(KnownLengthModel model, Tables tables, int length) {
        float[] samples = SmallModels.noise(length);
        LogProbs got = model.run(samples);
        assertThat(got.vocabulary()).isEqualTo(TOKENS);
        assertThat(got.data()).as("%d samples", length).containsExactly(tables.expected(samples), within(1e-5f));
    }

    @Test
    void everyLengthHasItsOwnProgramAndAllShareTheWeights() {
        Tables tables = new Tables();
        try (KnownLengthModel model = open(tables, 32, LARGE)) {
            assertThat(model.info().vocabulary()).isEqualTo(TOKENS);
            long weights = model.weightBytes();
            assertThat(weights).isPositive();
            for (int length : new int[] {8, 11, 12, 16, 400, 999, 8, 999}) {
                requireResult(model, tables, length);
            }
            assertThat(model.weightBytes()).as("packed weights").isEqualTo(weights);
            assertThat(tables.made).hasValue(6);
            assertThat(tables.open)
                    .as("graphs whose own constants are not freed")
                    .hasValue(0);
        }
        assertThat(tables.closed).isTrue();
    }

    @Test
    void theLengthsUsedLastAreKept() {
        Tables tables = new Tables();
        try (KnownLengthModel model = open(tables, 2, LARGE)) {
            for (int length : new int[] {16, 20, 16, 24, 16}) { // 24 takes the place of 20
                requireResult(model, tables, length);
            }
            assertThat(tables.made).hasValue(3);
            requireResult(model, tables, 20);
            assertThat(tables.made).hasValue(4);
        }
    }

    @Test
    void programsThatAreTooLargeTogetherAreNotKept() {
        Tables tables = new Tables();
        try (KnownLengthModel model = open(tables, 32, 1)) {
            for (int length : new int[] {16, 20, 20, 16, 20}) {
                requireResult(model, tables, length);
            }
            assertThat(tables.made).hasValue(4);
        }
    }

    @Test
    void callersOfManyLengthsShareThePrograms() throws Exception {
        Tables tables = new Tables();
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (KnownLengthModel model = open(tables, 32, LARGE)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                int first = caller;
                runs.add(callers.submit(() -> {
                    for (int i = 0; i < 40; i++) {
                        requireResult(model, tables, 16 + 4 * ((first + i) % 10));
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
            assertThat(tables.made).as("each length once").hasValue(10);
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void callersKeepTheProgramsThatOthersDrop() throws Exception {
        Tables tables = new Tables();
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (KnownLengthModel model = open(tables, 1, LARGE)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                int length = 16 + 4 * caller;
                runs.add(callers.submit(() -> {
                    for (int i = 0; i < 40; i++) {
                        requireResult(model, tables, length);
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void lengthsThatDoNotFitAreNamed() {
        Tables tables = new Tables();
        try (KnownLengthModel model = open(tables, 32, LARGE)) {
            for (int length : new int[] {0, 1, 7}) {
                assertThatThrownBy(() -> model.run(new float[length]))
                        .isInstanceOf(AudioFormatException.class)
                        .hasMessageContaining("audio of " + length + " samples")
                        .hasMessageContaining("at least 8 samples");
            }
            assertThatThrownBy(() -> model.run(new float[5_000]))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("a table that is too short")
                    .hasMessageContaining("such as 16 samples");
            requireResult(model, tables, 16);
        }
    }

    @Test
    void anInterruptEndsAnImportAndNoRun() {
        Tables tables = new Tables();
        try (KnownLengthModel model = open(tables, 32, LARGE)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> model.run(new float[20]))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("importing a model for 20 samples");
            requireResult(model, tables, 16);
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
            requireResult(model, tables, 20);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void theModelIsNotWrittenAndNotUsedOnceItIsClosed() {
        Tables tables = new Tables();
        KnownLengthModel model = open(tables, 32, LARGE);
        assertThatThrownBy(() -> model.save(Path.of("model.qv")))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("another graph for each length")
                .hasMessageContaining("keep the TorchScript file");
        model.close();
        model.close();
        assertThatThrownBy(() -> model.run(new float[16])).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aModelThatRefusesTheUsualLengthLeavesNothingOpen() {
        Tables tables = new Tables();
        assertThatThrownBy(() -> new KnownLengthModel(tables, Optional.empty(), 100, 1, 4))
                .isInstanceOf(UnsupportedOperatorException.class);
        assertThat(tables.closed).isTrue();
    }
}
