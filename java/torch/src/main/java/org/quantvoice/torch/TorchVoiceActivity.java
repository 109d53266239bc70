package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.VoiceScript;

/**
 * TorchScript in Silero's form, {@code forward(samples, rate)}, whose state is inside of the module: so each detector has a
 * module of its own, and nothing is held between recordings.
 */
final class TorchVoiceActivity implements VoiceActivity {
    private static final int WIDE = 16_000;
    private static final int NARROW = 8_000;

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
        try (VoiceScript script = script(archive, WIDE)) {
            script.run(new float[script.step()]);
            return new TorchVoiceActivity(archive, script.asksForRate());
        }
    }

    private static VoiceScript script(ScriptArchive archive, int sampleRate) {
        return VoiceScript.of(ScriptModule.load(archive.path(), Optional.empty()), archive.path(), sampleRate);
    }

    @Override
    public Detector begin(int sampleRate) {
        if (sampleRate != WIDE && !(sampleRate == NARROW && asksForRate)) {
            throw new AudioFormatException(
                    sampleRate + " Hz for the model of voice activity " + archive.path(),
                    asksForRate ? "16000 or 8000 Hz" : "16000 Hz",
                    "leave it out for this recogniser: speech is then found by energy");
        }
        return new TorchVoiceDetector(script(archive, sampleRate));
    }
}
