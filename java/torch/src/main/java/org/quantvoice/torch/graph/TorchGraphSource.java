package org.quantvoice.torch.graph;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphSource;

/** TorchScript files as graphs. */
public final class TorchGraphSource implements GraphSource {
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    @Override
    public boolean reads(Path model) {
        try (InputStream in = Files.newInputStream(model)) {
            return java.util.Arrays.equals(in.readNBytes(ZIP.length), ZIP);
        } catch (IOException e) {
            return false; // opening it says what is wrong
        }
    }

    @Override
    public Graph read(Path model) {
        return GraphImporter.importFrom(model);
    }
}
