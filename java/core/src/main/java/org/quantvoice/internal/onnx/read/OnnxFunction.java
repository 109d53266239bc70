package org.quantvoice.internal.onnx.read;

import java.util.List;
import java.util.Map;

/**
 * An operator that a file defines by others.
 *
 * @param inputs names of its operands inside
 * @param outputs names of its results inside
 * @param nodes what it does
 * @param defaults attributes where a call does not give them
 */
public record OnnxFunction(
        List<String> inputs, List<String> outputs, List<OnnxNode> nodes, Map<String, OnnxAttribute> defaults) {

    /** Returns the key by which calls find a function. */
    public static String key(String domain, String name) {
        return domain + ":" + name;
    }
}
