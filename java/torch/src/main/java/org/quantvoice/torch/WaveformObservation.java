package org.quantvoice.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/** {@code forward} on waveforms; arguments behind the first are left out. */
final class WaveformObservation implements Observation {
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
        List<IValue> arguments = new ArrayList<>();
        arguments.add(new IValue(ScriptModule.waveform(samples)));
        arguments.addAll(ScriptModule.further(script.module(), taps.parameters() + 1));
        taps.run(arguments, seen);
    }
}
