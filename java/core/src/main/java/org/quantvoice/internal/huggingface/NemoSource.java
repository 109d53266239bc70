package org.quantvoice.internal.huggingface;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.huggingface.folder.Settings;
import org.quantvoice.internal.huggingface.nemo.NemoFile;
import org.quantvoice.internal.reference.ReferenceTrials;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.ImportedModel;
import org.quantvoice.source.ModelImporter;
import org.quantvoice.source.SourcedGraph;

/**
 * Reads files of NeMo ({@code .nemo}) with FastConformer and a CTC head as graphs, without Python, NeMo and libtorch.
 */
public final class NemoSource implements ModelImporter {

    @Override
    public boolean reads(Path model) {
        return NemoFile.is(model);
    }

    @Override
    public ImportedModel open(Path model, Optional<FrontEndChoice> frontEnd) {
        ModelImporter.refuse(frontEnd);
        return new Opened(model, NemoFile.open(model));
    }

    private record Opened(Path model, NemoFile file) implements ImportedModel {

        @Override
        public Graph graph() {
            Settings config = new Settings(model.toString(), file.config());
            Family family = Families.of(config);
            FrontEnd features = file.features();
            if (features.size() != family.features()) {
                throw new ModelFormatException(
                        model + " with " + features.size() + " mel bins",
                        family.features() + ", which its encoder takes",
                        "download the file again");
            }
            Modules modules = new Modules(file.weights());
            Value waveform = WaveformEncoder.waveform(modules);
            Value input = modules.add(Op.FRONT_END, "features", FrontEndOperator.attributes(features), waveform);
            Value logits = family.write(modules, input, family.vocabulary());
            config.requireKnown();
            file.weights().requireAllTaken(family::isForTraining);
            return modules.build(modules.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), logits));
        }

        @Override
        public Optional<String> tokens() {
            Family family = Families.of(new Settings(model.toString(), file.config()));
            FrontEnd features = file.features();
            int vocabulary = file.vocabulary();
            FolderFrontEnd front = new FolderFrontEnd(features.sampleRate(), false, Optional.of(features));
            return file.tokens().map(list -> new FolderCard(
                            list,
                            vocabulary,
                            Optional.of(vocabulary - 1),
                            front.frames(family.frames()),
                            front.sampleRate())
                    .toJson());
        }

        @Override
        public SourcedGraph trials(Graph graph, List<float[]> inputs, boolean compare) {
            return ReferenceTrials.of(graph, compare ? inputs : List.of()); // its last node says what its output is
        }

        /** Weights are read where they lie in the file, and the graph's constants hold them. */
        @Override
        public void close() {}
    }
}
