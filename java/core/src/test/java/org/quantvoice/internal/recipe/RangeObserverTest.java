package org.quantvoice.internal.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.RangeObserver.Bounds;
import org.quantvoice.internal.recipe.RangeScheme.Parameters;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRange;

/** Observers and schemes against PyTorch's own, whose results observer_results.py recorded. */
class RangeObserverTest {
    private static final float ULP = 1.2e-7f;

    private static List<String[]> recorded(boolean presets) throws IOException {
        try (InputStream in = RangeObserverTest.class.getResourceAsStream("/quant/observers.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .filter(row -> row[0].equals("preset") == presets)
                    .toList();
        }
    }

    static Stream<String> results() throws IOException {
        return recorded(false).stream().map(row -> String.join("\t", row));
    }

    /** The script's data. */
    private static float[] batch(int b) {
        float[] values = new float[64];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (Math.sin(12.9898 * (i + 1000 * b)) * 3 + 0.7 * b);
        }
        return values;
    }

    private static RangeScheme scheme(String type, String scheme, boolean reduced) {
        boolean signed = type.equals("qint8");
        int low = signed ? (reduced ? -64 : -128) : 0;
        int high = signed ? (reduced ? 63 : 127) : (reduced ? 127 : 255);
        return new RangeScheme(low, high, scheme.equals("per_tensor_symmetric"));
    }

    @ParameterizedTest
    @MethodSource("results")
    void parametersAreThoseOfPyTorch(String line) {
        String[] row = line.split("\t");
        RangeScheme scheme = scheme(row[1], row[2], row[3].equals("True"));
        Parameters found;
        if (row[0].equals("PerChannel")) {
            float[] zeros = new float[64];
            float[] twos = new float[64];
            Arrays.fill(twos, 2);
            float[][] rows = {shifted(0), shifted(1), shifted(2), shifted(3), zeros, twos};
            found = scheme.perChannel(rows)[Integer.parseInt(row[4])];
        } else {
            boolean average = row[0].startsWith("MovingAverage");
            RangeObserver observer =
                    RangeObserver.of(average ? ActivationObserver.MOVING_AVERAGE : ActivationObserver.MIN_MAX, "test");
            for (int b = 0; b < 5; b++) {
                observer.add(batch(b));
            }
            found = scheme.parameters(observer.bounds().min(), observer.bounds().max());
        }
        float expected = (float) Double.parseDouble(row[5]);
        assertThat(found.scale()).isCloseTo(expected, within(Math.max(expected * 4 * ULP, 1e-12f)));
        assertThat(found.zeroPoint()).isEqualTo(Integer.parseInt(row[6]));
    }

    private static float[] shifted(int b) {
        float[] values = batch(b);
        for (int i = 0; i < values.length; i++) {
            values[i] -= 4;
        }
        return values;
    }

    @Test
    void presetsAreThoseOfPyTorch() throws IOException {
        List<String[]> presets = recorded(true);
        assertThat(presets).hasSize(QuantPreset.values().length);
        for (String[] row : presets) {
            QuantPreset preset = QuantPreset.valueOf(row[1].toUpperCase(java.util.Locale.ROOT));
            assertThat(row[2]).isEqualTo("HistogramObserver");
            assertThat(preset.observer()).isEqualTo(ActivationObserver.HISTOGRAM);
            assertThat(preset.activations())
                    .isEqualTo(new RangeScheme(Integer.parseInt(row[3]), Integer.parseInt(row[4]), false));
            assertThat(preset.weights())
                    .isEqualTo(new RangeScheme(Integer.parseInt(row[6]), Integer.parseInt(row[7]), true));
            assertThat(preset.perChannel()).isEqualTo(row[8].equals("per_channel_symmetric"));
        }
    }

    /** A bell and one far outlier: the searches cut it off, min-max does not. */
    @ParameterizedTest
    @EnumSource(
            value = ActivationObserver.class,
            names = {"HISTOGRAM", "PERCENTILE", "ENTROPY"})
    void searchesCutRareOutliers(ActivationObserver kind) {
        Random random = new Random(1);
        float[] values = new float[200_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        values[7] = 9;
        RangeObserver observer = RangeObserver.of(kind, "test");
        RangeObserver whole = RangeObserver.of(ActivationObserver.MIN_MAX, "test");
        for (int from = 0; from < values.length; from += 50_000) {
            float[] part = Arrays.copyOfRange(values, from, from + 50_000);
            observer.add(part);
            whole.add(part);
        }
        assertThat(whole.bounds().max()).isEqualTo(9);
        assertThat(observer.bounds().max()).isBetween(3.0, 7.5);
        assertThat(observer.bounds().min()).isBetween(-6.0, -3.0);
        if (kind == ActivationObserver.PERCENTILE) {
            Arrays.sort(values);
            assertThat(observer.bounds().max()).isCloseTo((double) values[values.length - 11], within(0.02));
        }
    }

    @Property(tries = 200)
    void boundsLieWithinWhatWasSeen(
            @ForAll ActivationObserver kind,
            @ForAll @Size(min = 1, max = 300) List<@FloatRange(min = -1e6f, max = 1e6f) Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        RangeObserver observer = RangeObserver.of(kind, "test");
        observer.add(array);
        float least = values.stream().min(Float::compare).orElseThrow();
        float most = values.stream().max(Float::compare).orElseThrow();
        Bounds bounds = observer.bounds();
        assertThat(bounds.min()).isBetween((double) least, (double) most);
        assertThat(bounds.max()).isBetween(bounds.min(), (double) most);
    }

    /** With the whole range observed, every value has a level, and the middle one of symmetric levels is 0. */
    @Property(tries = 200)
    void codesLieWithinTheLevels(
            @ForAll QuantPreset preset,
            @ForAll boolean symmetric,
            @ForAll boolean reduced,
            @ForAll @Size(min = 1, max = 50) List<@FloatRange(min = -1e6f, max = 1e6f) Float> values) {
        ScaleRules rules =
                new ScaleRules(java.util.Optional.of(preset), symmetric, reduced, java.util.Optional.empty());
        RangeScheme levels = rules.activations(RangeScheme.QUINT8);
        boolean narrow = reduced || preset == QuantPreset.FBGEMM || preset == QuantPreset.X86;
        assertThat(levels).isEqualTo(new RangeScheme(0, narrow ? 127 : 255, symmetric));
        RangeObserver observer = RangeObserver.of(ActivationObserver.MIN_MAX, "test");
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        observer.add(array);
        ActivationRange range = observer.range(levels);
        if (symmetric) {
            assertThat(range.zeroPoint()).isEqualTo(narrow ? 64 : 128);
        }
        for (float x : array) {
            double code = Math.rint(x / range.scale()) + range.zeroPoint();
            assertThat(code).as("%s of %s", range, x).isBetween(-1.0, levels.high() + 1.0);
        }
    }

    @Test
    void hugeRangesDoNotOverflow() {
        for (boolean symmetric : new boolean[] {false, true}) {
            Parameters found = new RangeScheme(0, 255, symmetric).parameters(-3e38, 3e38);
            assertThat(found.scale()).isFinite().isGreaterThan(2e36f);
            assertThat(found.zeroPoint()).isBetween(127, 128);
        }
    }

    @ParameterizedTest
    @EnumSource(ActivationObserver.class)
    void constantAndZeroChannelsHaveARange(ActivationObserver kind) {
        for (float constant : new float[] {0, 3, -2, 1e-40f, 1e30f}) {
            RangeObserver observer = RangeObserver.of(kind, "test");
            observer.add(new float[] {constant, constant});
            assertThat(observer.range().scale()).isPositive().isFinite();
        }
    }

    @ParameterizedTest
    @EnumSource(ActivationObserver.class)
    void nothingAndNaNAreNamed(ActivationObserver kind) {
        RangeObserver observer = RangeObserver.of(kind, "the input of encoder.fc");
        assertThatThrownBy(observer::bounds)
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("encoder.fc");
        assertThatThrownBy(() -> observer.add(new float[] {1, Float.NaN}))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContainingAll("NaN", "encoder.fc");
    }
}
