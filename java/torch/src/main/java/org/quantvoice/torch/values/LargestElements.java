package org.quantvoice.torch.values;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/**
 * Knows the largest elements of integer tensors where they are sizes: of lengths, and of lengths plus or minus a
 * number.
 */
public final class LargestElements {
    private final GraphBuilder builder;
    private final Map<Value, Dim> warranted = new HashMap<>();

    public LargestElements(GraphBuilder builder) {
        this.builder = builder;
    }

    public void warrant(Value value, Dim largest) {
        warranted.put(value, largest);
    }

    public Optional<Dim> of(Value value) {
        Dim known = warranted.get(value);
        return known != null ? Optional.of(known) : builder.producer(value).flatMap(this::shifted);
    }

    private Optional<Dim> shifted(Node node) {
        boolean moves = (node.op() == Op.ADD || node.op() == Op.SUB)
                && node.attributes().has("scalar")
                && node.attributes().isInteger("scalar")
                && !node.attributes().flag("reverse");
        if (!moves) {
            return Optional.empty();
        }
        Dim by = node.attributes().dim("scalar");
        return of(node.input(0)).map(d -> node.op() == Op.ADD ? d.plus(by) : d.minus(by));
    }
}
