package org.quantvoice.internal.onnx.read;

import java.util.List;
import java.util.Map;

/**
 * One operator at work.
 *
 * @param name that the exporter gave it; may be empty
 * @param operator its kind
 * @param domain whose operator it is; empty for ONNX's own
 * @param inputs names of values; empty where one is left out
 * @param outputs names of values; empty where one is not used
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
