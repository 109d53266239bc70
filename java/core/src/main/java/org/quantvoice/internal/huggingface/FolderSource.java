package org.quantvoice.internal.huggingface;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.reference.ReferenceTrials;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.ImportedModel;
import org.quantvoice.source.ModelImporter;
import org.quantvoice.source.SourcedGraph;

/**
 * Reads folders of Hugging Face's transformers as graphs, without Python and libtorch. A path is the folder, or the
 * file {@code adapter.<language>.safetensors} in it, which selects a language of a multilingual model.
 */
public final class FolderSource implements ModelImporter {

    @Override
    public boolean reads(Path model) {
        return SpeechFolder.is(model);
    }

    @Override
    public ImportedModel open(Path model, Optional<FrontEndChoice> frontEnd) {
        return new Opened(SpeechFolder.open(model, frontEnd));
    }

    private record Opened(SpeechFolder folder) implements ImportedModel {

        @Override
        public Graph graph() {
            return folder.graph();
        }

        @Override
        public Optional<String> tokens() {
            return folder.card();
        }

        @Override
        public SourcedGraph trials(Graph graph, List<float[]> inputs, boolean compare) {
            return ReferenceTrials.of(graph, compare ? inputs : List.of()); // its last node says what its output is
        }

        /** Weights are read where they lie in the files, and the graph's constants hold them. */
        @Override
        public void close() {}
    }
}
