package org.quantvoice.internal.huggingface;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.graph.Graph;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.GraphSource;

/**
 * Reads folders of Hugging Face's transformers as graphs, without Python and libtorch. A path is the folder, or the
 * file {@code adapter.<language>.safetensors} in it, which selects a language of a multilingual model.
 */
public final class FolderSource implements GraphSource {
    private final Optional<FrontEndChoice> frontEnd;

    /** Makes a source for folders that name their front end. */
    public FolderSource() {
        this(Optional.empty());
    }

    private FolderSource(Optional<FrontEndChoice> frontEnd) {
        this.frontEnd = frontEnd;
    }

    @Override
    public GraphSource withFrontEnd(FrontEndChoice choice) {
        return new FolderSource(Optional.of(choice));
    }

    @Override
    public boolean reads(Path model) {
        return SpeechFolder.is(model);
    }

    @Override
    public Graph read(Path model) {
        return SpeechFolder.open(model, frontEnd).graph();
    }

    @Override
    public Optional<String> tokens(Path model) {
        return SpeechFolder.open(model, frontEnd).card();
    }
}
