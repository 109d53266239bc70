package org.quantvoice.torch.train;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphExecutor;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.text.NearNames;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.torch.script.GraphInliner;
import org.quantvoice.torch.script.Ir;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.ScriptModule;

/**
 * A copy of {@code forward} in which layers see rounded weights and rounded inputs, while the gradient passes through the
 * rounding as if it were not there (straight-through estimator, Bengio et al. 2013; zero where a value was cut). Weights pass
 * {@code aten::fake_quantize_per_channel_affine}, inputs {@code aten::fused_moving_avg_obs_fake_quant}, which also observes
 * their range until it is frozen. The parameters stay those of the module; scales and ranges are further inputs of the
 * graph.
 */
public final class TrainingGraph {
    /** Operators whose second input is a weight. */
    static final Set<String> LAYERS =
            Set.of("aten::linear", "aten::conv1d", "aten::conv2d", "aten::conv3d", "aten::_convolution");

    private static final Map<String, String> TYPES = Map.of(
            "aten::linear", "Linear", "aten::conv1d", "Conv1d", "aten::conv2d", "Conv2d", "aten::conv3d", "Conv3d");

    private static final String WEIGHT = "weight";
    private static final int LEVELS = 255;
    /** The weight of a new range in the moving average, PyTorch's default. */
    private static final double AVERAGING = 0.01;

    private final JitModule module;
    private final ModuleTree tree;
    private final QatOptions options;
    private final Graph graph;
    private final Map<String, RoundedWeight> weights = new LinkedHashMap<>();
    private final Map<String, Value[]> inputsOfWeight = new LinkedHashMap<>();
    private final Map<Long, Value> rounded = new LinkedHashMap<>();
    private final Map<Long, ObservedInput> observed = new LinkedHashMap<>();
    private final Map<String, String> operators = new LinkedHashMap<>();
    private final List<Tensor> further = new ArrayList<>();
    private final Tensor observing = torch.ones(1).to(ScalarType.Long);
    private final Tensor on = torch.ones(1).to(ScalarType.Long);
    private final GraphExecutor executor;

    /**
     * @param module its {@code forward} is inlined in place, which changes no result
     * @throws QuantizationException if the model lacks a name of the options
     * @throws UnsupportedOperatorException if no layer below a name has weights to round
     */
    TrainingGraph(JitModule module, QatOptions options) {
        this.module = module;
        this.options = options;
        this.tree = new ModuleTree(module);
        Graph forward = module.get_method("forward").graph();
        new GraphInliner(tree).inline(forward);
        this.graph = forward.copy();
        List<String> paths = tree.paths();
        Ir.walk(graph.block(), node -> {
            String path = Ir.owner(node).map(paths::get).orElse("");
            if (LAYERS.contains(Ir.kind(node))
                    && options.modules().stream().anyMatch(m -> ModuleTree.covers(m, path))) {
                round(node, path);
            }
        });
        options.modules().forEach(this::require);
        graph.lint();
        this.executor = new GraphExecutor(graph, "training");
    }

    private void require(String name) {
        if (!tree.paths().contains(name)) {
            throw new QuantizationException(
                    "module '" + name + "'",
                    "a module of the model; near names: " + String.join(", ", NearNames.of(name, tree.paths())),
                    "list the modules with inspect");
        }
        if (weights.keySet().stream().noneMatch(path -> ModuleTree.covers(name, path))) {
            throw new UnsupportedOperatorException(
                    "module '" + name + "', which runs no layer whose weights can be trained",
                    "a module with Linear or convolution layers that forward runs",
                    "leave it out");
        }
    }

    private void round(JitNode node, String path) {
        JitModule owner = tree.module(path);
        boolean own = owner.hasattr(WEIGHT) && Ir.kind(node.input(1).node()).equals("prim::GetAttr");
        if (!own) {
            return; // this layer's weights are computed when it runs, so there is no parameter to round
        }
        Value[] scale = inputsOfWeight.computeIfAbsent(path, p -> {
            RoundedWeight weight =
                    new RoundedWeight(new Tensor(owner.attr(WEIGHT).toTensor()), options);
            weights.put(p, weight);
            return new Value[] {input(weight.scales()), input(weight.zeroPoints())};
        });
        int top = options.top();
        Value axis = Ir.constant(node, new IValue(0L));
        Value low = Ir.constant(node, new IValue((long) -top));
        Value high = Ir.constant(node, new IValue((long) top));
        JitNode fake = Ir.insertBefore(
                node, "aten::fake_quantize_per_channel_affine", node.input(1), scale[0], scale[1], axis, low, high);
        node.replaceInput(1, fake.output());
        operators.put(path, Ir.kind(node));
        if (options.activations()) {
            long input = node.input(0).unique();
            ObservedInput seen = observed.computeIfAbsent(input, v -> new ObservedInput());
            seen.feeds(path);
            node.replaceInput(0, rounded.computeIfAbsent(input, v -> activation(node, seen)));
        }
    }

    /**
     * Inserts the rounding of an input behind the node that makes it, so that all layers with this input share its
     * range.
     */
    private Value activation(JitNode node, ObservedInput seen) {
        Value value = node.input(0);
        JitNode maker = value.node();
        JitNode place = Ir.kind(maker).equals("prim::Param")
                ? maker.owningBlock().nodes().front()
                : maker.next();
        ValueVector inputs = new ValueVector(
                value,
                input(observing),
                input(on),
                input(seen.low()),
                input(seen.high()),
                input(torch.ones(1)),
                input(torch.zeros(1).to(ScalarType.Int)),
                Ir.constant(place, new IValue(AVERAGING)),
                Ir.constant(place, new IValue(0L)),
                Ir.constant(place, new IValue((long) LEVELS)),
                Ir.constant(place, new IValue(-1L)),
                Ir.constant(place, new IValue(false)),
                Ir.constant(place, new IValue(false)));
        return Ir.insertBefore(place, "aten::fused_moving_avg_obs_fake_quant", inputs, 1)
                .output();
    }

    private Value input(Tensor tensor) {
        further.add(tensor);
        return graph.addInput().setType(new Type.TypePtr(TensorType.get()));
    }

    /** Returns the rounded weights by the path of their module. */
    public Map<String, RoundedWeight> weights() {
        return weights;
    }

    /** Returns the observed ranges of the layers' inputs. */
    public Collection<ObservedInput> observed() {
        return observed.values();
    }

    /** Returns the ranges of the layers' inputs, averaged up to now; empty if inputs stay float. */
    ActivationRanges ranges() {
        return ObservedInput.ranges(observed.values());
    }

    /** Returns the layers whose weights are rounded. */
    List<QatResult.Layer> layers() {
        return weights.entrySet().stream()
                .map(each -> new QatResult.Layer(
                        each.getKey(),
                        TYPES.getOrDefault(operators.get(each.getKey()), "Convolution"),
                        each.getValue().size()))
                .toList();
    }

    /** Ends the observation of inputs. */
    void freeze() {
        observing.zero_();
    }

    /** Returns the log-probs {@code [frames, vocabulary]} of one utterance. */
    Tensor run(float[] samples) {
        IValueVector stack = new IValueVector();
        stack.push_back(new IValue(module._ivalue()));
        ScriptModule.arguments(module, ScriptModule.waveform(samples)).forEach(stack::push_back);
        further.forEach(tensor -> stack.push_back(new IValue(tensor)));
        executor.run(stack);
        Tensor output = ScriptModule.outputTensor(stack.get(0));
        Tensor rows = output.dim() == 3 ? output.squeeze(0) : output;
        return torch.log_softmax(rows, 1); // log_softmax changes nothing if the model has already applied it
    }
}
