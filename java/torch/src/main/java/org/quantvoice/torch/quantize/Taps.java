package org.quantvoice.torch.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphExecutor;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueVector;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.Ir;

/**
 * A copy of a method that returns the tensors at the borders of the static layers besides the method's result: each is
 * appended to a list of its own, which works in branches and loops too.
 */
public final class Taps {
    private final FrozenScript script;
    private final Selection selection;
    private final Graph graph;
    private final List<Site> sites;
    private final Map<String, Integer> listOfTap = new LinkedHashMap<>();
    private final GraphExecutor executor;

    Taps(FrozenScript script, Selection selection, String method) {
        this.script = script;
        this.selection = selection;
        this.graph = script.graph(method).copy();
        this.sites = Site.of(graph, script, selection).stream()
                .filter(Site::isCalibrated)
                .toList();
        List<Value> tapped = distinctValues();
        boolean copies = mutates();
        for (Value value : tapped) {
            graph.registerOutput(tap(value, copies));
        }
        graph.lint();
        this.executor = new GraphExecutor(graph, "taps");
    }

    /** Returns the static sites of the method, with the nodes of the copy. */
    List<Site> sites() {
        return sites;
    }

    /**
     * Runs the method.
     *
     * @param arguments without self
     * @param seen gets the tensors at each tap, by {@link Site#input()} and {@link Site#output()}
     * @return what the method returns
     */
    IValue run(List<IValue> arguments, BiConsumer<String, Tensor> seen) {
        IValueVector stack = new IValueVector();
        stack.push_back(new IValue(script.module()._ivalue()));
        arguments.forEach(stack::push_back);
        executor.run(stack);
        listOfTap.forEach((tap, list) -> {
            IValueVector items = stack.get(1L + list).toList().vec();
            for (long i = 0; i < items.size(); i++) {
                seen.accept(tap, items.get(i).toTensor());
            }
        });
        return new IValue(stack.get(0));
    }

    /**
     * Returns the observed values without repetitions, as a value may be the output of one site and the input of
     * another.
     */
    private List<Value> distinctValues() {
        List<Value> values = new ArrayList<>();
        Map<Long, Integer> known = new HashMap<>();
        for (Site site : sites) {
            Map<String, Value> border = new LinkedHashMap<>();
            if (mayQuantizeInput(site)) {
                border.put(site.input(), site.node().input(0));
            }
            border.put(site.output(), site.result());
            border.forEach((name, value) -> {
                int list = known.computeIfAbsent(value.unique(), id -> {
                    values.add(value);
                    return values.size() - 1;
                });
                listOfTap.put(name, list);
            });
        }
        return values;
    }

    /**
     * Returns whether a site may have to quantize its input: layers with weights may, in case the layer before stays
     * float, and others may where a static module begins.
     */
    private boolean mayQuantizeInput(Site site) {
        String producer = script.owner(site.node().input(0).node());
        return !site.kind().methods().isEmpty() || !selection.island(producer).equals(selection.island(site.path()));
    }

    /** Returns whether some operator writes into its input, so that a tensor may change after it was observed. */
    private boolean mutates() {
        boolean[] found = new boolean[1];
        Ir.walk(graph.block(), node -> found[0] |= Ir.kind(node).endsWith("_"));
        return found[0];
    }

    private Value tap(Value value, boolean copies) {
        Type.TypePtr listType = new Type.TypePtr(ListType.ofTensors());
        JitNode list = graph.createList(new Type.TypePtr(TensorType.get()), new ValueVector());
        graph.prependNode(list);
        JitNode append = graph.create(Symbol.fromQualString("aten::append"), new ValueVector(list.output(), value), 1);
        append.output().setType(listType);
        JitNode maker = value.node();
        if (Ir.kind(maker).equals("prim::Param")) {
            append.insertBefore(maker.owningBlock().nodes().front());
            list.moveBefore(graph.block().nodes().front());
        } else {
            append.insertAfter(maker);
        }
        if (copies) {
            append.replaceInput(1, copy(append, value));
        }
        return list.output();
    }

    private static Value copy(JitNode append, Value value) {
        Value none = Ir.constant(append, new IValue());
        return Ir.insertBefore(append, "aten::clone", value, none).output();
    }
}
