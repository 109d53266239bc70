package org.quantvoice.internal.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/**
 * Finds front ends that are written as layers: a Fourier transform as a convolution of the waveform whose outputs are
 * squared, filters of mel bands whose outputs go into a logarithm. The levels for the loudest band are coarser than
 * the whole range of a quiet band, which the logarithm makes as important, so such layers are never quantized.
 */
final class Spectra {
    private static final Set<Op> PRODUCTS = Set.of(Op.LINEAR, Op.CONV1D, Op.CONV2D);
    private static final Set<Op> VIEWS =
            Set.of(Op.TRANSPOSE, Op.RESHAPE, Op.SLICE, Op.PAD, Op.EXPAND, Op.CONCAT, Op.INDEX_SELECT, Op.CAST);
    private static final Set<Op> SCALINGS = Set.of(Op.ADD, Op.SUB, Op.MUL, Op.DIV);
    private static final Set<Op> FLOORS = Set.of(Op.CLAMP, Op.MAXIMUM);

    private final Graph graph;
    private final Map<Integer, List<Node>> users = new HashMap<>();
    /** Ids of the waveform and of values that are linear in it. */
    private final Set<Integer> waves = new HashSet<>();

    private Spectra(Graph graph) {
        this.graph = graph;
        graph.inputs().forEach(v -> waves.add(v.id()));
        for (Node node : graph.nodes()) {
            node.inputs().forEach(v -> users.computeIfAbsent(v.id(), id -> new ArrayList<>())
                    .add(node));
            if (isLinear(node) && node.inputs().stream().anyMatch(v -> waves.contains(v.id()))) {
                node.outputs().forEach(v -> waves.add(v.id()));
            }
        }
    }

    /** Returns the layers of front ends among the products of a graph. */
    static Set<Node> of(Graph graph) {
        Spectra spectra = new Spectra(graph);
        Set<Node> found = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (PRODUCTS.contains(node.op()) && spectra.isFilter(node)) {
                found.add(node);
            }
        }
        return found;
    }

    private boolean isLinear(Node node) {
        return VIEWS.contains(node.op())
                || SCALINGS.contains(node.op())
                || node.op() == Op.MEAN
                || PRODUCTS.contains(node.op()) && hasConstantWeights(node);
    }

    private boolean hasConstantWeights(Node node) {
        return graph.constant(node.input(1)).isPresent();
    }

    private boolean isFilter(Node node) {
        boolean wave = waves.contains(node.input(0).id());
        return wave && isSquared(node.output(), new HashSet<>()) || isLogged(node.output(), new HashSet<>());
    }

    /** Returns whether the graph takes a square or a magnitude of the value, or of a value that is linear in it. */
    private boolean isSquared(Value value, Set<Integer> seen) {
        return seen.add(value.id())
                && usersOf(value).stream().anyMatch(n -> isSquare(n) || isLinear(n) && isSquared(n.output(), seen));
    }

    private static boolean isSquare(Node node) {
        return switch (node.op()) {
            case ABS -> true;
            case MUL ->
                node.inputs().size() == 2 && node.input(0).id() == node.input(1).id();
            case POW -> node.attributes().has("scalar") && isTwo(node.attributes());
            default -> false;
        };
    }

    private static boolean isTwo(Attributes attributes) {
        boolean two =
                attributes.isInteger("scalar") ? attributes.dim("scalar").is(2) : attributes.number("scalar") == 2;
        return two && !attributes.flag("reverse");
    }

    /** Returns whether the graph takes a logarithm of the value, directly or after raising it above 0. */
    private boolean isLogged(Value value, Set<Integer> seen) {
        return seen.add(value.id())
                && usersOf(value).stream().anyMatch(n -> n.op() == Op.LOG || isLift(n) && isLogged(n.output(), seen));
    }

    private static boolean isLift(Node node) {
        return VIEWS.contains(node.op()) || FLOORS.contains(node.op()) || SCALINGS.contains(node.op());
    }

    private List<Node> usersOf(Value value) {
        return users.getOrDefault(value.id(), List.of());
    }
}
