package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.OnnxAttribute;
import org.quantvoice.internal.onnx.read.OnnxFunction;
import org.quantvoice.internal.onnx.read.OnnxGraph;
import org.quantvoice.internal.onnx.read.OnnxNode;
import org.quantvoice.internal.onnx.values.Operand;

/** Runs nodes that contain other nodes: branches and loops that sizes decide, and functions of the file. */
final class Subgraphs {
    private static final int MOST_ROUNDS = 4096;
    private static final String IF = "If";
    private static final String LOOP = "Loop";
    private static final String THEN = "then_branch";
    private static final String ELSE = "else_branch";

    private Subgraphs() {}

    static boolean knows(OnnxNode node) {
        return node.domain().isEmpty()
                && (node.operator().equals(IF) || node.operator().equals(LOOP));
    }

    /** Returns the names that a node needs, including those that graphs inside it use from the surrounding graph. */
    static List<String> names(OnnxNode node) {
        List<String> names = new ArrayList<>(node.inputs());
        for (OnnxAttribute attribute : node.attributes().values()) {
            if (attribute.value() instanceof OnnxGraph graph) {
                graph.nodes().forEach(n -> names.addAll(names(n)));
                names.addAll(graph.outputs());
            }
        }
        return names;
    }

    /** Returns the results if the node contains other nodes; else empty. */
    static Optional<List<Operand>> run(Call call, Scope scope) {
        OnnxNode node = call.node();
        OnnxFunction function =
                call.evaluator().model().functions().get(OnnxFunction.key(node.domain(), node.operator()));
        if (function != null) {
            return Optional.of(function(call, function));
        }
        if (!knows(node)) {
            return Optional.empty();
        }
        return Optional.of(node.operator().equals(IF) ? branch(call, scope) : loop(call, scope));
    }

    private static List<Operand> branch(Call call, Scope scope) {
        OptionalDouble condition = call.number(0);
        if (condition.isPresent()) {
            return branch(call, scope, condition.getAsDouble() != 0 ? THEN : ELSE);
        }
        if (!(call.operand(0) instanceof Operand.Live) || !call.shape(0).size().equals(Dim.ONE)) {
            throw call.unsupported("on a condition of several values, or that depends on sizes that are not known yet");
        }
        return chosen(call, branch(call, scope, THEN), branch(call, scope, ELSE));
    }

    private static List<Operand> branch(Call call, Scope scope, String name) {
        OnnxGraph chosen = call.attribute(name).as(OnnxGraph.class);
        return call.evaluator().run(chosen, new Scope(new HashMap<>(), scope), chosen.outputs());
    }

    /** Chooses between the results of both branches of a condition that only the run decides: both are computed. */
    private static List<Operand> chosen(Call call, List<Operand> yes, List<Operand> no) {
        List<Operand> results = new ArrayList<>();
        for (int i = 0; i < yes.size(); i++) {
            Value a = call.evaluator().value(yes.get(i), call);
            Value b = call.evaluator().value(no.get(i), call);
            if (!a.shape().equals(b.shape()) || a.type() != b.type()) {
                throw call.unsupported("on a condition that depends on the samples, whose branches give " + a.type()
                        + " " + a.shape() + " and " + b.type() + " " + b.shape());
            }
            Value condition =
                    call.reshape(call.value(0), Collections.nCopies(a.shape().rank(), Dim.ONE));
            Value result = call.add(Op.WHERE, condition, a, b);
            results.add(call.result(result, call.with(yes.get(i)).type(0)));
        }
        return results;
    }

    /** Unrolled: operands are the number of rounds, whether to begin, and what goes from round to round. */
    private static List<Operand> loop(Call call, Scope scope) {
        OptionalDouble rounds = call.has(0) ? call.number(0) : OptionalDouble.of(MOST_ROUNDS);
        OnnxGraph body = call.attribute("body").as(OnnxGraph.class);
        int carried = call.count() - 2;
        boolean plain = rounds.isPresent() && body.outputs().size() == 1 + carried;
        if (!plain) {
            throw call.unsupported("as often as the samples say, or with a list of results");
        }
        List<Operand> states = new ArrayList<>(call.operands().subList(2, call.count()));
        boolean open = !call.has(1) || known(call, call.number(1));
        int round = 0;
        for (; open && round < rounds.getAsDouble(); round++) {
            if (round == MOST_ROUNDS) {
                throw call.unsupported("of more than " + MOST_ROUNDS + " rounds");
            }
            Map<String, Operand> inside = new HashMap<>();
            inside.put(body.inputs().get(0).name(), Factories.whole(round));
            inside.put(body.inputs().get(1).name(), Factories.truth(true));
            for (int i = 0; i < carried; i++) {
                inside.put(body.inputs().get(2 + i).name(), states.get(i));
            }
            List<Operand> results = call.evaluator().run(body, new Scope(inside, scope), body.outputs());
            open = known(call, Operands.number(results.get(0)));
            states = new ArrayList<>(results.subList(1, results.size()));
        }
        return states;
    }

    private static boolean known(Call call, OptionalDouble condition) {
        if (condition.isEmpty()) {
            throw call.unsupported("whose end depends on the samples");
        }
        return condition.getAsDouble() != 0;
    }

    private static List<Operand> function(Call call, OnnxFunction function) {
        Map<String, Operand> inside = new HashMap<>();
        for (int i = 0; i < function.inputs().size(); i++) {
            inside.put(function.inputs().get(i), call.has(i) ? call.operand(i) : new Operand.Absent(null));
        }
        Map<String, OnnxAttribute> given = new LinkedHashMap<>(function.defaults());
        given.putAll(call.node().attributes());
        List<OnnxNode> body = function.nodes().stream()
                .map(n -> filled(n, given, call.node().name()))
                .toList();
        Scope scope = new Scope(inside, null);
        call.evaluator().enter(call);
        call.evaluator().run(body, scope, function.outputs());
        call.evaluator().leave();
        return function.outputs().stream()
                .map(name -> scope.get(name, n -> {
                    throw call.unsupported("whose result '" + n + "' nothing makes");
                }))
                .toList();
    }

    /** Returns a node of a function with the attributes of the call. */
    private static OnnxNode filled(OnnxNode node, Map<String, OnnxAttribute> given, String caller) {
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        node.attributes().forEach((name, attribute) -> {
            if (attribute.reference().isEmpty()) {
                attributes.put(name, attribute);
            } else if (given.containsKey(attribute.reference())) {
                attributes.put(
                        name,
                        new OnnxAttribute(name, given.get(attribute.reference()).value(), ""));
            }
        });
        String name = caller.isEmpty() ? node.name() : caller + "/" + node.name();
        return new OnnxNode(
                name, node.operator(), node.domain(), node.inputs(), node.outputs(), attributes, node.metadata());
    }
}
