package org.quantvoice.internal.program;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.quant.WeightFormat;

/**
 * Finds which nodes of a graph run as one step: activations and residual sums in the epilogue of a product or a norm,
 * linear layers of one input as one product, the products and the softmax of attention as one operator. This is done
 * once per graph, because it does not depend on the input's length. Nodes of one graph are compared by identity.
 */
public final class Fusion {
    /**
     * A sum that is done by the step of a layer: {@code sum = layer * factor + added}.
     *
     * @param factor a power of two
     */
    record Residual(Value added, double factor, Value sum) {}

    private static final Set<Op> VIEWS = Set.of(Op.TRANSPOSE, Op.RESHAPE, Op.SLICE);
    private static final Set<Op> ACTIVATED = Set.of(Op.LINEAR, Op.CONV1D, Op.CONV2D, Op.LAYER_NORM);

    private final Graph graph;
    private final boolean floatOnly;
    private final Set<Integer> sizeOnly;
    private final Map<Integer, List<Node>> users = new HashMap<>();
    private final Map<Node, Integer> position = new IdentityHashMap<>();
    private final Set<Integer> outputs = new HashSet<>();

    private final Map<Node, Activation> activations = new IdentityHashMap<>();
    private final Map<Node, Residual> residuals = new IdentityHashMap<>();
    private final Map<Node, List<Node>> siblings = new IdentityHashMap<>();
    private final Map<Node, Node> bandSources = new IdentityHashMap<>();
    private final Map<Node, AttentionMatch> attentions = new IdentityHashMap<>();
    private final Set<Node> identities = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Node> skipped = Collections.newSetFromMap(new IdentityHashMap<>());

    Fusion(Graph graph) {
        this.graph = graph;
        this.sizeOnly = graph.scalars().isEmpty() ? SizeValues.find(graph) : Set.of();
        this.floatOnly =
                graph.nodes().stream().allMatch(n -> LayerPrecision.of(n).kind() == LayerPrecision.Kind.FLOAT);
        graph.outputs().forEach(v -> outputs.add(v.id()));
        for (Node node : graph.nodes()) {
            position.put(node, position.size());
            node.inputs().forEach(v -> users.computeIfAbsent(v.id(), k -> new ArrayList<>())
                    .add(node));
        }
        for (Node node : graph.nodes()) {
            AttentionMatch.find(node, this).ifPresent(match -> {
                attentions.put(node, match);
                skipped.addAll(match.inner());
                identities.addAll(match.scalings());
            });
        }
        for (Node node : graph.nodes()) {
            boolean packed = hasConstantWeights(node);
            if (packed && ACTIVATED.contains(node.op())) {
                absorbActivation(node);
            }
            if (packed && (node.op() == Op.LINEAR || isPointwise(node))) {
                absorbResidual(node);
            }
        }
        graph.nodes().stream().filter(n -> n.op() == Op.CONV2D).forEach(this::joinBands);
        graph.nodes().stream().filter(n -> n.op() == Op.LINEAR).forEach(this::joinSiblings);
    }

    Graph graph() {
        return graph;
    }

    /** Returns whether no layer is quantized; attention is not rounded to bfloat16 then. */
    boolean isFloat() {
        return floatOnly;
    }

    /**
     * Returns the ids of values that depend on no input; none in a graph with integer arguments, because its programs
     * serve many values of them.
     */
    Set<Integer> sizeOnly() {
        return sizeOnly;
    }

    /** Returns whether all inputs but the first are constants of the model. */
    boolean hasConstantWeights(Node node) {
        return node.inputs().stream().skip(1).allMatch(v -> graph.constant(v).isPresent());
    }

    /** Returns the activation that the node's step applies to its result. */
    Activation activation(Node node) {
        return activations.getOrDefault(node, Activation.NONE);
    }

    /** Returns the sum that the node's step does too. */
    Optional<Residual> residual(Node node) {
        return Optional.ofNullable(residuals.get(node));
    }

    /**
     * Returns the linear layers that run as one product at the first of them; the node alone if it has no siblings.
     */
    List<Node> siblings(Node node) {
        return siblings.getOrDefault(node, List.of(node));
    }

    /**
     * Returns the convolution whose image a depthwise convolution reads alone, so that it can be made band by band.
     */
    Optional<Node> bandSource(Node node) {
        return Optional.ofNullable(bandSources.get(node));
    }

    Optional<AttentionMatch> attention(Node node) {
        return Optional.ofNullable(attentions.get(node));
    }

    /** Returns whether the node's result is that of its first input, whose step does the node's work. */
    boolean isIdentity(Node node) {
        return identities.contains(node);
    }

    /** Returns whether another node's step does its work. */
    boolean isSkipped(Node node) {
        return skipped.contains(node);
    }

    Optional<Node> producer(Value value) {
        return graph.producer(value);
    }

    /** Returns the only user of a value; empty if there are several or the value is an output. */
    Optional<Node> onlyUser(Value value) {
        List<Node> all = users.getOrDefault(value.id(), List.of());
        return all.size() == 1 && !outputs.contains(value.id()) ? Optional.of(all.get(0)) : Optional.empty();
    }

    static boolean isView(Node node) {
        return VIEWS.contains(node.op());
    }

    private void absorbActivation(Node node) {
        Optional<Node> user = onlyUser(node.output());
        while (user.isPresent() && isView(user.get())) {
            user = onlyUser(user.get().output());
        }
        boolean slopes = node.op() != Op.LAYER_NORM && !isDepthwise(node);
        user.flatMap(u -> Activation.of(u).filter(a -> a.fuses() && (slopes || !a.hasSlope())))
                .ifPresent(a -> activations.put(node, a));
        if (activations.containsKey(node)) {
            identities.add(user.orElseThrow());
        }
    }

    private static boolean isDepthwise(Node node) {
        return node.attributes().has("groups") && node.input(1).shape().dim(1).is(1);
    }

    private int position(Node node) {
        return requireNonNull(position.get(node));
    }

    /**
     * Finds the sum behind a layer that its step does. Between the two may be the layer's activation, a multiplication
     * by a power of two, which rounds nothing, and behind a convolution of one frame the exchange of axes that leaves
     * frames as rows.
     */
    private void absorbResidual(Node node) {
        boolean rows = node.op() == Op.LINEAR;
        double factor = 1;
        List<Node> passed = new ArrayList<>();
        Value result = node.output();
        Node user = onlyUser(result).orElse(null);
        while (user != null && user.op() != Op.ADD) {
            OptionalDouble power =
                    passed.isEmpty() && !identities.contains(user) ? powerOfTwo(user) : OptionalDouble.empty();
            if (power.isPresent()) {
                factor = power.getAsDouble();
                passed.add(user);
            } else if (!rows && isExchange(user)) {
                rows = true;
            } else if (!identities.contains(user)) {
                return;
            }
            result = user.output();
            user = onlyUser(result).orElse(null);
        }
        if (!rows || user == null || user.inputs().size() != 2 || skipped.contains(user)) {
            return;
        }
        Value other = user.input(user.input(0).id() == result.id() ? 1 : 0);
        boolean earlier = producer(other).map(p -> position(p) < position(node)).orElse(false);
        if (other.id() != result.id()
                && earlier
                && other.shape().equals(user.output().shape())) {
            residuals.put(node, new Residual(other, factor, user.output()));
            identities.addAll(passed); // an exchange of axes may read what they make
            skipped.add(user);
        }
    }

    private static OptionalDouble powerOfTwo(Node node) {
        boolean known = node.op() == Op.MUL
                && node.inputs().size() == 1
                && !node.attributes().isInteger("scalar");
        double factor = known ? node.attributes().number("scalar") : 0;
        boolean power = factor != 0
                && Math.abs(Math.getExponent(factor)) < Float.MAX_EXPONENT
                && Math.abs(factor) == Math.scalb(1.0, Math.getExponent(factor));
        return power ? OptionalDouble.of(factor) : OptionalDouble.empty();
    }

    /** Returns whether {@code [batch, a, b]} becomes {@code [batch, b, a]}. */
    private static boolean isExchange(Node node) {
        return node.op() == Op.TRANSPOSE && Arrays.equals(node.attributes().ints("order"), new int[] {0, 2, 1});
    }

    /** Returns whether each frame of the result is the product of one frame. */
    private boolean isPointwise(Node node) {
        return node.op() == Op.CONV1D
                && node.attributes().integer("groups") == 1
                && node.attributes().ints("stride")[0] == 1
                && node.attributes().ints("padding")[0] == 0
                && node.input(1).shape().dim(2).is(1);
    }

    /** Joins a depthwise convolution with the one that makes its image, unless some of its rows see nothing but padding. */
    private void joinBands(Node node) {
        if (!isImageDepthwise(node) || !hasConstantWeights(node) || !seesRows(node)) {
            return;
        }
        Node source = producer(node.input(0)).orElse(null);
        List<Node> passed = new ArrayList<>();
        if (source != null && identities.contains(source)) {
            passed.add(source);
            source = producer(source.input(0)).orElse(null);
        }
        boolean fits = source != null
                && source.op() == Op.CONV2D
                && source.attributes().integer("groups") == 1
                && hasConstantWeights(source)
                && activations.containsKey(source) != passed.isEmpty()
                && onlyUser(source.output()).isPresent()
                && onlyUser(node.input(0)).isPresent();
        if (fits) {
            bandSources.put(node, source);
            skipped.add(source);
            identities.removeAll(passed);
            skipped.addAll(passed);
        }
    }

    private static boolean seesRows(Node node) {
        Dim taps = node.input(1).shape().dim(2);
        int[] dilation = node.attributes().ints("dilation");
        return taps.isConstant()
                && dilation[0] * (taps.constant() - 1) >= node.attributes().ints("padding")[0];
    }

    private static boolean isImageDepthwise(Node node) {
        int groups = node.attributes().integer("groups");
        Shape weight = node.input(1).shape();
        return groups > 1 && weight.dim(0).is(groups) && weight.dim(1).is(1);
    }

    private void joinSiblings(Node node) {
        if (siblings.containsKey(node) || skipped.contains(node) || !plain(node)) {
            return;
        }
        List<Node> all = users.getOrDefault(node.input(0).id(), List.of()).stream()
                .filter(n ->
                        n.op() == Op.LINEAR && n.input(0).id() == node.input(0).id() && plain(n))
                .filter(n -> LayerPrecision.of(n).equals(LayerPrecision.of(node)))
                .filter(n -> weightFormat(n).equals(weightFormat(node)))
                .distinct()
                .toList();
        if (all.size() > 1) {
            all.forEach(n -> siblings.put(n, all));
            skipped.addAll(all.subList(1, all.size()));
        }
    }

    /** Returns the format of a layer's weights; empty for floats. */
    private Optional<WeightFormat> weightFormat(Node node) {
        TensorData data = graph.constant(node.input(1)).orElseThrow().data();
        return data instanceof QuantizedTensor weight ? Optional.of(weight.format()) : Optional.empty();
    }

    private boolean plain(Node node) {
        return !activations.containsKey(node) && !residuals.containsKey(node) && hasConstantWeights(node);
    }
}
