package org.quantvoice.internal.onnx.operators;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.read.OnnxNode;
import org.quantvoice.internal.onnx.values.Operand;

/** Makes the messages for nodes that the graph cannot express. */
final class Refusals {
    private static final Set<String> LAYERS =
            Set.of("MatMul", "Gemm", "Conv", "LSTM", "GRU", "RNN", "MatMulInteger", "ConvInteger");

    private final OnnxModel model;

    Refusals(OnnxModel model) {
        this.model = model;
    }

    /** Returns a text with name, operator, operands and attributes of a node. */
    static String describe(Call call) {
        OnnxNode node = call.node();
        List<String> operands = new ArrayList<>();
        for (Operand operand : call.operands()) {
            operands.add(text(operand, call));
        }
        String domain = node.domain().isEmpty() ? "" : node.domain() + ".";
        return "'" + (node.name().isEmpty() ? String.join(", ", node.outputs()) : node.name()) + "' (" + domain
                + node.operator() + " of " + operands + ", " + node.attributes().values() + ")";
    }

    private static String text(Operand operand, Call call) {
        if (operand instanceof Operand.Absent) {
            return "-";
        }
        if (operand instanceof Operand.Sequence sequence) {
            return sequence.parts().size() + " tensors";
        }
        return operand instanceof Operand.Live live
                ? live.type() + live.value().shape().toString()
                : Operands.type(operand, call)
                        + call.evaluator().shape(operand, call).toString();
    }

    UnsupportedOperatorException of(Call call, String detail) {
        Set<String> others = new TreeSet<>();
        model.graph().nodes().stream()
                .filter(n -> Operators.find(n.domain(), n.operator()) == null && !Subgraphs.knows(n))
                .filter(n -> !model.functions().containsKey(n.domain() + ":" + n.operator()))
                .filter(n -> !n.operator().equals(call.operator()))
                .forEach(n -> others.add(n.operator()));
        String more = others.isEmpty() ? "" : "; the graph also lacks " + String.join(", ", others);
        return new UnsupportedOperatorException(
                model.file() + ", node " + describe(call) + " " + detail + "; " + behind(call.node())
                        + " layers depend on it" + more,
                "an operator and settings that the native engine's graph can express (docs/onnx.md lists them)",
                "export the model in another way, or from PyTorch as TorchScript, which this engine reads too");
    }

    /** Returns the number of layers that depend on a node's results. */
    private long behind(OnnxNode node) {
        Map<String, List<OnnxNode>> users = new HashMap<>();
        model.graph().nodes().forEach(n -> n.inputs()
                .forEach(i -> users.computeIfAbsent(i, k -> new ArrayList<>()).add(n)));
        Set<OnnxNode> seen = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        Deque<OnnxNode> open = new ArrayDeque<>(List.of(node));
        Set<String> names = new HashSet<>();
        while (!open.isEmpty()) {
            for (String output : open.pop().outputs()) {
                if (names.add(output)) {
                    users.getOrDefault(output, List.of()).stream()
                            .filter(seen::add)
                            .forEach(open::add);
                }
            }
        }
        return seen.stream().filter(n -> LAYERS.contains(n.operator())).count();
    }
}
