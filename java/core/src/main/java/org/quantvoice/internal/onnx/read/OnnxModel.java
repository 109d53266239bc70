package org.quantvoice.internal.onnx.read;

import java.nio.file.Path;
import java.util.Map;

/**
 * A model file.
 *
 * @param file the path from which it was read
 * @param producer program that wrote it; may be empty
 * @param opset version of ONNX's own operators
 * @param graph its computation
 * @param metadata texts of the file's author by name
 * @param functions operators of the file's own, by domain and name, as {@link OnnxFunction#key} makes them
 */
public record OnnxModel(
        Path file,
        String producer,
        long opset,
        OnnxGraph graph,
        Map<String, String> metadata,
        Map<String, OnnxFunction> functions) {}
