package org.quantvoice.internal.voice;

import java.util.List;
import org.quantvoice.internal.exec.GraphRunner;

/**
 * Calls a model at one sample rate, for any number of threads at once.
 *
 * @param context number of samples of the step before with which a call begins
 * @param window number of samples of a call
 * @param silence the states before the first call, which must not be changed
 */
record StepRunner(GraphRunner runner, int context, int window, List<float[]> silence) implements AutoCloseable {

    /** Returns the probability, and the states after the call. */
    List<float[]> run(float[] samples, List<float[]> states) {
        float[][] inputs = new float[1 + states.size()][];
        inputs[0] = samples;
        for (int i = 0; i < states.size(); i++) {
            inputs[1 + i] = states.get(i);
        }
        return runner.runAll(window, inputs);
    }

    /** Returns a model for one recording, which begins with silence and passes the states on. */
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
