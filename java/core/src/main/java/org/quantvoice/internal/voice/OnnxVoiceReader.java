package org.quantvoice.internal.voice;

import java.nio.file.Path;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.internal.onnx.OnnxSource;

/** Reads ONNX files, which run on the native engine. */
public final class OnnxVoiceReader implements VoiceActivity.Reader {

    @Override
    public boolean reads(Path model) {
        return new OnnxSource().reads(model);
    }

    @Override
    public VoiceActivity read(Path model) {
        return OnnxVoiceActivity.open(model);
    }
}
