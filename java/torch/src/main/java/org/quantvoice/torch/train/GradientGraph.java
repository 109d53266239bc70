package org.quantvoice.torch.train;

import java.util.ArrayList;
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
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueVector;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.text.NearNames;
import org.quantvoice.torch.script.GraphInliner;
import org.quantvoice.torch.script.Ir;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.TorchCall;

/**
 * A copy of a method that also returns the outputs of some modules' layers, in a list for each module. A zero that requires a
 * gradient is added to each of them, so that each has one whatever it was computed from. Behind a layer the copy goes on
 * with a clone of its output, so that gradients reach the output even if an operator writes into it. The object lives in the {@link TorchCall} that it was made in.
 */
public final class GradientGraph {
    private final JitModule module;
    private final Graph graph;
    private final List<String> layers;
    private final Value zero;
    private final GraphExecutor executor;

    /** The result of the method, and the outputs of layers by the path of their module. */
    public record Outputs(IValue result, Map<String, List<Tensor>> layers) {}

    /**
     * @param module its method is inlined in place, which changes no result
     * @throws QuantizationException if the model lacks a path
     */
    public GradientGraph(JitModule module, String method, Set<String> layers) {
        this.module = module;
        this.layers = List.copyOf(layers);
        ModuleTree tree = new ModuleTree(module);
        Graph original = module.get_method(method).graph();
        new GraphInliner(tree).inline(original);
        this.graph = original.copy();
        this.zero = graph.addInput("zero");
        Map<String, Value> lists = new LinkedHashMap<>();
        this.layers.forEach(path -> lists.put(path, list()));
        List<String> paths = tree.paths();
        this.layers.forEach(path -> requireKnown(path, paths));
        Ir.walk(graph.block(), node -> {
            String path = Ir.owner(node).map(paths::get).orElse("");
            if (TrainingGraph.LAYERS.contains(Ir.kind(node)) && lists.containsKey(path)) {
                tap(node, lists.get(path));
            }
        });
        lists.values().forEach(graph::registerOutput);
        graph.lint();
        this.executor = new GraphExecutor(graph, "gradients");
    }

    private static void requireKnown(String path, List<String> paths) {
        if (!paths.contains(path)) {
            throw new QuantizationException(
                    "module '" + path + "'",
                    "a module of the model; near names: " + String.join(", ", NearNames.of(path, paths)),
                    "list the modules with inspect");
        }
    }

    private Value list() {
        JitNode list = graph.createList(new Type.TypePtr(TensorType.get()), new ValueVector());
        graph.prependNode(list);
        return list.output();
    }

    private void tap(JitNode layer, Value list) {
        Value output = layer.output();
        JitNode append = graph.create(Symbol.fromQualString("aten::append"), new ValueVector(list, zero), 1);
        append.output().setType(new Type.TypePtr(ListType.ofTensors()));
        append.insertAfter(layer);
        Value one = Ir.constant(append, new IValue(1L));
        JitNode sum = Ir.insertBefore(append, "aten::add", zero, zero, one);
        Value none = Ir.constant(append, new IValue());
        JitNode clone = Ir.insertBefore(append, "aten::clone", sum.output(), none);
        sum.output().setType(output.type());
        clone.output().setType(output.type());
        output.replaceAllUsesAfterNodeWith(append, clone.output());
        sum.replaceInput(0, output);
        append.replaceInput(1, sum.output());
    }

    /**
     * Runs the copy, with autograd if the caller has switched it on.
     *
     * @param arguments of the method, without self
     */
    public Outputs run(List<IValue> arguments) {
        IValueVector stack = new IValueVector();
        stack.push_back(new IValue(module._ivalue()));
        arguments.forEach(stack::push_back);
        stack.push_back(new IValue(torch.zeros(1).squeeze(0).requires_grad_(true)));
        executor.run(stack);
        Map<String, List<Tensor>> seen = new LinkedHashMap<>();
        long first = stack.size() - layers.size();
        for (int i = 0; i < layers.size(); i++) {
            List<Tensor> tensors = new ArrayList<>();
            IValueVector items = stack.get(first + i).toList().vec();
            for (long k = 0; k < items.size(); k++) {
                tensors.add(items.get(k).toTensor());
            }
            seen.put(layers.get(i), tensors);
        }
        return new Outputs(new IValue(stack.get(0)), seen);
    }
}
