package org.quantvoice.bench;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.quantvoice.internal.features.FeatureStream;
import org.quantvoice.internal.features.FrontEnd;

/** Measures the milliseconds of one thread, from samples to features. Kaldi refuses 128 bins of so few lines. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrontEndBenchmark {
    private static final int RATE = 16_000;

    @Param
    public FrontEnd.Kind kind = FrontEnd.Kind.NEMO;

    @Param({"80", "128"})
    public int bins = 80;

    @Param({"1", "10", "600"})
    public int seconds = 10;

    private FrontEnd settings = settings(kind, bins);
    private float[] samples = {};

    private static FrontEnd settings(FrontEnd.Kind kind, int bins) {
        return switch (kind) {
            case KALDI, NEMO -> new FrontEnd(kind, RATE, bins, 400, 160, 512, 0.97, true, 1);
            case LASR -> new FrontEnd(kind, RATE, bins, 400, 160, 512, 0, false, 1);
            case WHISPER -> new FrontEnd(kind, RATE, bins, 400, 160, 400, 0, false, 1);
        };
    }

    @Setup
    public void open() {
        settings = settings(kind, bins);
        Random random = new Random(1);
        samples = new float[RATE * seconds];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.1 * random.nextGaussian());
        }
    }

    @Benchmark
    public float[] features() {
        return FeatureStream.of(settings, samples);
    }
}
