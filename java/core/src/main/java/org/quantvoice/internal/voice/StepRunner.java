package org.quantvoice.internal.voice;

import java.util.List;
import org.quantvoice.internal.exec.GraphRunner;

/**
 * The calls of a model at one sample rate; for any number of threads at once.
 *
 * @param context samples of the step before that a call begins with
 * @param window samples of a call
 * @param silence the states before the first call, not to be written to
 */
record StepRunner(GraphRunner runner, int context, int window, List<float[]> silence) implements AutoCloseable {

    /** The probability, and the states behind the call. */
    List<float[]> run(float[] samples, List<float[]> states) {
        float[][] inputs = new float[1 + states.size()][];
        inputs[0] = samples;
        for (int i = 0; i < states.size(); i++) {
            inputs[1 + i] = states.get(i);
        }
        return runner.runAll(window, inputs);
    }

    /** A recording's own model, which begins with silence and hands the states on. */
    StepDetector.Model begin() {
        return new StepDetector.Model() {
            private List<float[]> states = silence;

            @Override
            public float next(float[] samples) {
                List<float[]> results = run(samples, states);
                states = results.subList(1, results.size());
                return results.get(0)[0];
            }
        };
    }

    @Override
    public void close() {
        runner.close();
        runner.graph().close();
    }
}
