package org.quantvoice.internal.onnx.read;

import java.util.List;
import java.util.Map;

/**
 * An operator that a file defines by other operators.
 *
 * @param inputs names of its operands inside
 * @param outputs names of its results inside
 * @param nodes its body
 * @param defaults attributes that a call need not give
 */
public record OnnxFunction(
        List<String> inputs, List<String> outputs, List<OnnxNode> nodes, Map<String, OnnxAttribute> defaults) {

    /** Returns the key by which calls find a function. */
    public static String key(String domain, String name) {
        return domain + ":" + name;
    }
}
