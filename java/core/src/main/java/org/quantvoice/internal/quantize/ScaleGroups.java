package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.graph.Value;

/**
 * Finds where scales of a graph's channels can be moved into the weights behind them. Between the two there may only
 * be operators that commute with a positive factor: transposes, reshapes that keep the channels, slices of other
 * axes, ReLU, and masks with zero. Any other reader of the channels, such as a residual, rules the group out.
 */
final class ScaleGroups {
    private final Graph graph;
    private final Map<Integer, List<Node>> users = new HashMap<>();
    private final Set<Integer> outputs = new HashSet<>();

    private ScaleGroups(Graph graph) {
        this.graph = graph;
        graph.nodes().forEach(n -> n.inputs().forEach(v -> users.computeIfAbsent(v.id(), k -> new ArrayList<>())
                .add(n)));
        graph.outputs().forEach(v -> outputs.add(v.id()));
    }

    /** Returns the groups in the order of the graph; a layer is in one group at most. */
    static List<ScaleGroup> of(Graph graph) {
        ScaleGroups groups = new ScaleGroups(graph);
        return graph.nodes().stream().flatMap(n -> groups.group(n).stream()).toList();
    }

    private Optional<ScaleGroup> group(Node giver) {
        int axis = ScaleGroup.outputAxis(giver);
        if (axis < 0 || !canGive(giver)) {
            return Optional.empty();
        }
        List<Node> layers = new ArrayList<>();
        Dim channels = giver.output().shape().dim(axis);
        if (!channels.isConstant() || !collect(giver.output(), axis, layers) || !ownWeights(layers)) {
            return Optional.empty();
        }
        return Optional.of(new ScaleGroup(giver, layers, Math.toIntExact(channels.constant())));
    }

    /**
     * Returns whether an operator's channels can be scaled. A norm's constants are copied for it alone; a layer's
     * weights are not, so no other layer may use them.
     */
    private boolean canGive(Node giver) {
        if (giver.op() == Op.LAYER_NORM || giver.op() == Op.GROUP_NORM) {
            boolean bare = giver.inputs().size() == 1;
            return parametersKnown(giver, 1) && !(bare && giver.op() == Op.GROUP_NORM);
        }
        return isLayer(giver) && requireNonNull(users.get(giver.input(1).id())).size() == 1;
    }

    private boolean isLayer(Node node) {
        boolean product = node.op() == Op.LINEAR
                || ((node.op() == Op.CONV1D || node.op() == Op.CONV2D)
                        && node.attributes().integer("groups") == 1);
        return product && parametersKnown(node, 1) && !node.attributes().flag(LayerPrecision.EXACT);
    }

    private boolean parametersKnown(Node node, int from) {
        return node.inputs().stream().skip(from).map(graph::constant).allMatch(ScaleGroups::isFloat);
    }

    private static boolean isFloat(Optional<Constant> constant) {
        return constant.isPresent() && !(constant.get().data() instanceof QuantizedTensor);
    }

    /** Returns whether only layers that can be scaled read a value; adds them to {@code layers}. */
    private boolean collect(Value value, int axis, List<Node> layers) {
        if (outputs.contains(value.id())) {
            return false;
        }
        for (Node user : users.getOrDefault(value.id(), List.of())) {
            boolean once =
                    user.inputs().stream().filter(v -> v.id() == value.id()).count() == 1
                            && user.input(0).id() == value.id();
            if (!once) {
                return false;
            }
            if (isLayer(user) && ScaleGroup.inputAxis(user) == axis) {
                layers.add(user);
                continue;
            }
            int behind = axisBehind(user, axis);
            if (behind < 0 || !collect(user.output(), behind, layers)) {
                return false;
            }
        }
        return !layers.isEmpty();
    }

    /** Returns the axis of the channels behind an operator that scales pass through; below 0 if they do not. */
    private static int axisBehind(Node node, int axis) {
        Attributes attributes = node.attributes();
        return switch (node.op()) {
            case RELU -> axis;
            case TRANSPOSE -> indexOf(attributes.ints("order"), axis);
            case SLICE -> attributes.integer("axis") == axis ? -1 : axis;
            case MASKED_FILL -> attributes.number("value") == 0 && sameRank(node) ? axis : -1;
            case RESHAPE -> keepsLast(node, axis) ? node.output().shape().rank() - 1 : -1;
            default -> -1;
        };
    }

    private static int indexOf(int[] order, int axis) {
        for (int i = 0; i < order.length; i++) {
            if (order[i] == axis) {
                return i;
            }
        }
        return -1;
    }

    private static boolean sameRank(Node node) {
        return node.output().shape().equals(node.input(0).shape());
    }

    private static boolean keepsLast(Node node, int axis) {
        int last = node.input(0).shape().rank() - 1;
        return axis == last
                && node.output().shape().rank() > 0
                && node.output().shape().dim(-1).equals(node.input(0).shape().dim(-1));
    }

    /**
     * Returns whether only layers of the group use its weights: in another layer the scaled weights would be wrong.
     */
    private boolean ownWeights(List<Node> layers) {
        Set<Node> inside = new HashSet<>(layers);
        return layers.stream().map(n -> n.input(1)).allMatch(w -> requireNonNull(users.get(w.id())).stream()
                .allMatch(user -> inside.contains(user) && user.input(1).id() == w.id()));
    }
}
