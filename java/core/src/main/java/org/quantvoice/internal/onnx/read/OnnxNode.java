package org.quantvoice.internal.onnx.read;

import java.util.List;
import java.util.Map;

/**
 * One use of an operator.
 *
 * @param name given by the exporter; may be empty
 * @param operator name of the operator
 * @param domain of the operator; empty for ONNX's own
 * @param inputs names of values; an empty name stands for one that is left out
 * @param outputs names of values; an empty name stands for one that is not used
 * @param attributes settings by name
 * @param metadata texts of the exporter
 */
public record OnnxNode(
        String name,
        String operator,
        String domain,
        List<String> inputs,
        List<String> outputs,
        Map<String, OnnxAttribute> attributes,
        Map<String, String> metadata) {}
