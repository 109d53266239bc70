package org.quantvoice.internal.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.quantvoice.internal.npy.NpyArray;
import org.quantvoice.internal.npy.NpyFiles;

/** Models and what ONNX Runtime computes with them, made by {@code src/test/python/onnx_fixtures.py}. */
final class Fixtures {
    private static final String FOLDER = "/onnx/";

    private Fixtures() {}

    static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(Fixtures.class.getResource(FOLDER + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path model(String name) {
        return file(name + ".onnx");
    }

    static byte[] bytes(String name) {
        try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(FOLDER + name + ".onnx"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Samples of the first or second trial. */
    static float[] input(int trial) {
        return NpyFiles.read(file("in" + trial + ".npy")).data();
    }

    /** What ONNX Runtime gives for it, {@code [1, frames, tokens]}. */
    static NpyArray output(String name, int trial) {
        return NpyFiles.read(file(name + "." + trial + ".npy"));
    }
}
