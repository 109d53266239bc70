package org.quantvoice.torch.quantize;

import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.ScriptModule;

/** Runs {@code forward} on waveforms. */
public final class WaveformObservation implements Observation {
    private static final String METHOD = "forward";

    private final FrozenScript script;
    private final Taps taps;

    WaveformObservation(FrozenScript script, Selection selection) {
        this.script = script;
        this.taps = new Taps(script, selection, METHOD);
    }

    @Override
    public List<Site> sites() {
        return taps.sites();
    }

    @Override
    public void run(float[] samples, BiConsumer<String, Tensor> seen) {
        taps.run(ScriptModule.arguments(script.module(), ScriptModule.waveform(samples)), seen);
    }
}
