package org.quantvoice.torch;

import java.nio.file.Path;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.torch.archive.ScriptArchive;

/**
 * Opens TorchScript models of voice activity, which run on libtorch. {@link java.util.ServiceLoader} finds this class.
 */
public final class TorchVoiceReader implements VoiceActivity.Reader {

    @Override
    public boolean reads(Path model) {
        return ScriptArchive.looksLikeZip(model);
    }

    @Override
    public VoiceActivity read(Path model) {
        return TorchVoiceActivity.open(model);
    }
}
