package org.quantvoice.torch.values;

import java.util.List;

/**
 * A block of TorchScript, copied out of libtorch.
 *
 * @param parameters ids of the values that it is given
 * @param nodes in order
 * @param results ids of the values that it gives
 */
public record ScriptBlock(List<Long> parameters, List<ScriptNode> nodes, List<Long> results) {

    /** Whether running it ends in an exception for certain. */
    public boolean raises() {
        return nodes.stream().anyMatch(n -> n.kind().equals("prim::RaiseException"));
    }
}
