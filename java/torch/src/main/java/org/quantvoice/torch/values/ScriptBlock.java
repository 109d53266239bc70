package org.quantvoice.torch.values;

import java.util.List;

/**
 * A block of TorchScript, copied out of libtorch.
 *
 * @param parameters ids of the values that it takes
 * @param nodes in order
 * @param results ids of the values that it returns
 */
public record ScriptBlock(List<Long> parameters, List<ScriptNode> nodes, List<Long> results) {

    /** Returns whether the block always ends in an exception. */
    public boolean raises() {
        return nodes.stream().anyMatch(n -> n.kind().equals("prim::RaiseException"));
    }
}
