package org.quantvoice.internal.voice;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.exec.GraphRunner;
import org.quantvoice.internal.onnx.StepModel;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/**
 * A model with the interface of Silero's: a call takes a step of samples, preceded by the last few of the step
 * before, and states, and returns the probability of speech and the states of the next call. Each detector has its
 * own states; the weights are shared.
 */
final class OnnxVoiceActivity implements VoiceActivity {
    /**
     * Ratio of a step to its context: Silero's models, from version 5 on, take 4 ms of the step before in front of a
     * step of 32 ms.
     */
    private static final int STEPS_A_CONTEXT = 8;

    private static final double TOLERANCE = 1e-3;

    private final Path file;
    private final StepModel model;
    private final Map<Integer, StepRunner> runners = new HashMap<>();
    /** Number of open detectors, which use the runners' memory. */
    private int users;

    private boolean closed;

    private OnnxVoiceActivity(Path file, StepModel model) {
        this.file = file;
        this.model = model;
    }

    /** Opens a file, and runs it once at its usual rate. */
    static VoiceActivity open(Path file) {
        OnnxVoiceActivity opened = new OnnxVoiceActivity(file, StepModel.read(file));
        try {
            opened.runner(SileroForm.WIDE);
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public Detector begin(int sampleRate) {
        SileroForm.requireRate(sampleRate, model.asksForRate(), file);
        return detector(sampleRate);
    }

    private synchronized Detector detector(int sampleRate) {
        StepRunner runner = runner(sampleRate);
        StepDetector detector = new StepDetector(runner.context(), runner.window(), runner.begin(), this::release);
        users++;
        return detector;
    }

    private synchronized void release() {
        users--;
        free();
    }

    private synchronized StepRunner runner(int sampleRate) {
        if (closed) {
            throw new IllegalStateException("got a closed model of voice activity; expected an open one");
        }
        return runners.computeIfAbsent(sampleRate, this::made);
    }

    private StepRunner made(int sampleRate) {
        int step = SileroForm.step(sampleRate);
        int context = step / STEPS_A_CONTEXT;
        boolean overlapping = model.window().map(w -> w == step + context).orElse(model.states() == 1);
        int window = model.window().orElse(overlapping ? step + context : step);
        StepModel.Step call = model.step(window, sampleRate);
        GraphRunner runner = new GraphRunner(call.graph(), 1, key -> call.shapes());
        List<float[]> states = new ArrayList<>();
        call.shapes().stream().skip(1).forEach(shape -> states.add(new float[elements(shape)]));
        StepRunner made = new StepRunner(runner, overlapping ? context : 0, window, states);
        try {
            check(made);
            compare(made, call);
            return made;
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    private static int elements(long[] shape) {
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        return Math.toIntExact(count);
    }

    /** Checks a run on silence, which must return one probability, and states of the sizes that it took. */
    private void check(StepRunner made) {
        List<float[]> results = made.run(new float[made.window()], made.silence());
        float[] probability = results.get(0);
        boolean sound = probability.length == 1 && probability[0] >= 0 && probability[0] <= 1;
        for (int i = 1; i < results.size(); i++) {
            sound &= results.get(i).length == made.silence().get(i - 1).length;
        }
        if (!sound) {
            throw new UnsupportedOperatorException(
                    file + ", whose first output is " + java.util.Arrays.toString(probability) + " for silence",
                    "one probability of speech, 0 to 1, and then the states as they go in",
                    "export a model of voice activity in Silero's form");
        }
    }

    /**
     * Compares a run on noise with the graph's reference interpreter, so that a model that the planner does not run
     * correctly is refused.
     */
    private void compare(StepRunner made, StepModel.Step call) {
        Random random = new Random(1);
        List<float[]> inputs = new ArrayList<>();
        List<TensorData> tensors = new ArrayList<>();
        for (long[] shape : call.shapes()) {
            float[] noise = new float[elements(shape)];
            for (int i = 0; i < noise.length; i++) {
                noise[i] = (float) (0.1 * random.nextGaussian());
            }
            inputs.add(noise);
            tensors.add(ArrayTensor.of(noise, shape));
        }
        List<float[]> results = made.run(inputs.get(0), inputs.subList(1, inputs.size()));
        List<TensorData> exact = ReferenceInterpreter.run(call.graph(), tensors.toArray(TensorData[]::new));
        for (int i = 0; i < results.size(); i++) {
            double worst = worst(results.get(i), exact.get(i).floats());
            if (!(worst <= TOLERANCE)) {
                throw new UnsupportedOperatorException(
                        file + ", whose output " + i + " on the native engine is " + worst
                                + " from what its graph says",
                        "the same up to rounding",
                        "report it with the model; leave it out meanwhile: speech is then found by energy");
            }
        }
    }

    private static double worst(float[] got, float[] exact) {
        double worst = 0;
        for (int i = 0; i < exact.length; i++) {
            worst = Math.max(worst, Math.abs(got[i] - exact[i]) / (1 + Math.abs(exact[i])));
            worst = Float.isNaN(got[i]) ? Double.NaN : worst;
        }
        return worst;
    }

    @Override
    public synchronized void close() {
        closed = true;
        free();
    }

    private void free() {
        if (closed && users == 0) {
            runners.values().forEach(StepRunner::close);
            runners.clear();
        }
    }
}
