package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.ModelImporter;
import org.quantvoice.torch.archive.ScriptArchive;

/** TorchScript files, float ones and those that PyTorch or this project quantized. */
public final class TorchSource implements ModelImporter {

    @Override
    public boolean reads(Path model) {
        return ScriptArchive.looksLikeZip(model);
    }

    @Override
    public TorchImport open(Path model, Optional<FrontEndChoice> frontEnd) {
        ModelImporter.refuse(frontEnd);
        return new TorchImport(model);
    }
}
