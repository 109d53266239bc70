package org.quantvoice.internal.voice;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.exec.GraphRunner;
import org.quantvoice.internal.onnx.StepModel;

/**
 * A model in Silero's form: a call takes a step of samples behind the last few of the step before, and states, and gives the
 * probability of speech and the states of the next call. Each detector has states of its own, the weights are shared.
 */
final class OnnxVoiceActivity implements VoiceActivity {
    private static final int WIDE = 16_000;
    private static final int NARROW = 8_000;
    /** A step is 32 ms, and 4 ms of the step before go in front of it: Silero's, from version 5 on. */
    private static final int STEPS_A_CONTEXT = 8;

    private static final int STEP_AT_16_KHZ = 512;

    private final Path file;
    private final StepModel model;
    private final Map<Integer, StepRunner> runners = new HashMap<>();
    /** Detectors under way, which use the runners' memory. */
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
            opened.runner(WIDE);
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public Detector begin(int sampleRate) {
        if (sampleRate != WIDE && !(sampleRate == NARROW && model.asksForRate())) {
            throw new AudioFormatException(
                    sampleRate + " Hz for the model of voice activity " + file,
                    model.asksForRate() ? "16000 or 8000 Hz" : "16000 Hz",
                    "leave it out for this recogniser: speech is then found by energy");
        }
        return detector(sampleRate);
    }

    private synchronized Detector detector(int sampleRate) {
        StepDetector detector = new StepDetector(runner(sampleRate), this::release);
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
        int step = STEP_AT_16_KHZ * sampleRate / WIDE;
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

    /** Silence has to give one probability, and states as they were taken. */
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
