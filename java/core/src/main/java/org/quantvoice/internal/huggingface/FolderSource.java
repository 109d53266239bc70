package org.quantvoice.internal.huggingface;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.graph.Graph;
import org.quantvoice.source.GraphSource;

/**
 * Folders of Hugging Face's transformers as graphs, without Python and libtorch. A path is the folder, or the file {@code
 * adapter.<language>.safetensors} in it, which chooses a language of a model of many.
 */
public final class FolderSource implements GraphSource {

    @Override
    public boolean reads(Path model) {
        return SpeechFolder.is(model);
    }

    @Override
    public Graph read(Path model) {
        return SpeechFolder.open(model).graph();
    }

    @Override
    public Optional<String> tokens(Path model) {
        return SpeechFolder.open(model).card();
    }
}
