package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.internal.voice.SileroForm;
import org.quantvoice.internal.voice.StepDetector;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.VoiceScript;

/**
 * A TorchScript model in Silero's form, {@code forward(samples, rate)}. Its state is inside of the module, so each
 * detector loads a module of its own, and no module is kept between recordings.
 */
final class TorchVoiceActivity implements VoiceActivity {
    private final ScriptArchive archive;
    private final boolean asksForRate;

    private TorchVoiceActivity(ScriptArchive archive, boolean asksForRate) {
        this.archive = archive;
        this.asksForRate = asksForRate;
    }

    /** Opens a file, and runs it once at its usual rate. */
    static VoiceActivity open(Path file) {
        ScriptArchive archive = ScriptArchive.check(file);
        Libtorch.load();
        try (VoiceScript script = script(archive, SileroForm.WIDE)) {
            script.run(new float[script.step()]);
            return new TorchVoiceActivity(archive, script.asksForRate());
        }
    }

    private static VoiceScript script(ScriptArchive archive, int sampleRate) {
        return VoiceScript.of(ScriptModule.load(archive.path(), Optional.empty()), archive.path(), sampleRate);
    }

    @Override
    public Detector begin(int sampleRate) {
        SileroForm.requireRate(sampleRate, asksForRate, archive.path());
        VoiceScript script = script(archive, sampleRate);
        return new StepDetector(0, script.step(), script::run, script::close);
    }
}
