package org.quantvoice.internal.onnx.read;

import java.util.List;
import java.util.Map;

/**
 * A graph of nodes between inputs and outputs.
 *
 * @param name of the graph; may be empty
 * @param nodes in the order of the file
 * @param initializers tensors by name
 * @param inputs its inputs; older files list initializers here too
 * @param outputs names of its results
 */
public record OnnxGraph(
        String name,
        List<OnnxNode> nodes,
        Map<String, OnnxTensor> initializers,
        List<OnnxInput> inputs,
        List<String> outputs) {}
