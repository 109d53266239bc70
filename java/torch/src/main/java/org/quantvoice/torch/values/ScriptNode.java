package org.quantvoice.torch.values;

import java.util.List;
import org.bytedeco.pytorch.JitNode;

/**
 * A node of TorchScript.
 *
 * @param kind qualified name, e.g. {@code aten::linear}
 * @param name attribute or method name, or the types that an isinstance asks for; empty for other nodes
 * @param inputs ids of values
 * @param outputs ids of values
 * @param blocks of an If or a Loop
 * @param handle the node itself, valid while the module is loaded
 */
public record ScriptNode(
        String kind, String name, List<Long> inputs, List<Long> outputs, List<ScriptBlock> blocks, JitNode handle) {}
