package org.quantvoice.internal.exec;

import java.util.Map;
import java.util.Set;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.graph.Value;

/** Runs of a graph of one waveform on the native executor. */
public interface WaveformRuns {

    /** Natural log-probabilities by frame. */
    LogProbs run(float[] samples);

    /** Runs a float graph and reads intermediate tensors. */
    Map<Value, float[]> tap(float[] samples, Set<Value> taps);
}
