package org.quantvoice;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A kind of file that holds a model, or is mistaken for one, and that no engine reads; it is recognised by its first
 * bytes.
 *
 * @param kind description of the file
 * @param cure advice for the user
 */
record ForeignFile(String kind, String cure) {
    private static final String EXPORT =
            "take the model's Hugging Face folder (config.json, model.safetensors), or export it as ONNX or TorchScript";

    private record Mark(int at, String bytes, ForeignFile file) {}

    private static final List<Mark> MARKS = List.of(
            new Mark(0, "GGUF", new ForeignFile("a GGUF file, weights for llama.cpp or whisper.cpp", EXPORT)),
            new Mark(0, "lmgg", new ForeignFile("a ggml file, weights for whisper.cpp", EXPORT)),
            new Mark(
                    0, "\u0080", new ForeignFile("a Python pickle, a state dict or a checkpoint without code", EXPORT)),
            new Mark(0, "\u0089HDF", new ForeignFile("an HDF5 file, as of Keras", EXPORT)),
            new Mark(4, "TFL3", new ForeignFile("a TensorFlow Lite file", EXPORT)),
            new Mark(
                    257,
                    "ustar",
                    new ForeignFile("a tar archive, as .nemo files are", "open a .nemo file on the NATIVE engine")),
            new Mark(
                    8,
                    "{\"",
                    new ForeignFile(
                            "a safetensors file, weights alone", "name the folder that holds it with its config.json")),
            new Mark(
                    0,
                    "version https://git-lfs",
                    new ForeignFile(
                            "a pointer of Git LFS and not the file itself", "download the file, e.g. by git lfs pull")),
            new Mark(0, "<?xml", new ForeignFile("an XML file, as OpenVINO's models are", EXPORT)),
            new Mark(0, "<!DOCTYPE", new ForeignFile("a web page", "download the file itself")),
            new Mark(0, "<html", new ForeignFile("a web page", "download the file itself")));
    private static final int HEAD = 512;

    static Optional<ForeignFile> of(Path file) {
        String head;
        try (InputStream in = Files.newInputStream(file)) {
            head = new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return Optional.empty(); // the caller refuses the file anyway
        }
        return MARKS.stream()
                .filter(mark -> head.startsWith(mark.bytes(), mark.at()))
                .map(Mark::file)
                .findFirst();
    }
}
