package org.quantvoice.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.quantvoice.decode.Decoder;
import org.quantvoice.engine.LogProbs;

/** Measures the frames per second of one thread, from log-probs to words with times. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecoderBenchmark {

    @Param
    public DecoderSetting setting = DecoderSetting.USUAL;

    private Bench50 bench;
    private Decoder decoder;

    @Setup
    public void open() throws IOException {
        bench = new Bench50();
        decoder = setting.decoder(bench.vocabulary);
    }

    @Benchmark
    @OperationsPerInvocation(Bench50.FRAMES)
    public void decode(Blackhole sink) {
        for (LogProbs utterance : bench.utterances) {
            sink.consume(decoder.decode(utterance));
        }
    }
}
