package org.quantvoice.torch.graph;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.FunctionType;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.TypeKind;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.graph.Dim;
import org.quantvoice.torch.operators.Call;
import org.quantvoice.torch.operators.ImportContext;
import org.quantvoice.torch.operators.Operators;
import org.quantvoice.torch.values.IValues;
import org.quantvoice.torch.values.Nothing;
import org.quantvoice.torch.values.Refusal;
import org.quantvoice.torch.values.ScriptBlock;
import org.quantvoice.torch.values.ScriptFunction;
import org.quantvoice.torch.values.ScriptNode;
import org.quantvoice.torch.values.ScriptObject;
import org.quantvoice.torch.values.ScriptReader;
import org.quantvoice.torch.values.ScriptTuple;

/**
 * Runs TorchScript while the model is known and the input is not. It follows calls, branches and loops itself, and
 * looks operators up in {@link Operators}.
 */
final class Evaluator {

    private static final int MAX_DEPTH = 200;
    private static final long MAX_TRIPS = 100_000;
    /** A loop that makes more nodes than this takes longer to plan than libtorch takes to run it. */
    private static final int MAX_NODES = 60_000;

    private final ImportContext context;
    private final ScriptReader reader = new ScriptReader();
    private final Map<String, Object> attributes = new HashMap<>();
    private int depth;

    Evaluator(ImportContext context) {
        this.context = context;
    }

    /** The state of one call: its values by id, and the path of the module that it belongs to. */
    private record Frame(Map<Long, Object> values, String path) {
        Object get(long id) {
            return requireNonNull(values.get(id));
        }

        List<Object> all(List<Long> ids) {
            List<Object> result = new ArrayList<>(ids.size());
            ids.forEach(id -> result.add(values.get(id)));
            return result;
        }

        void put(List<Long> ids, List<?> results) {
            for (int i = 0; i < ids.size(); i++) {
                values.put(ids.get(i), results.get(i));
            }
        }
    }

    Object callMethod(ScriptObject object, String method, List<Object> arguments) {
        List<Object> all = new ArrayList<>(List.of(object));
        all.addAll(arguments);
        return call(reader.read(object.object().type().getMethod(method)), all, object.path());
    }

    private Object call(ScriptBlock code, List<Object> arguments, String path) {
        if (++depth > MAX_DEPTH) {
            throw Refusal.operator("prim::CallMethod", path, "more than " + MAX_DEPTH + " nested calls");
        }
        Frame frame = new Frame(new HashMap<>(), path);
        frame.put(code.parameters(), arguments);
        Object result = run(code, frame).get(0);
        depth--;
        return result;
    }

    private List<Object> run(ScriptBlock block, Frame frame) {
        for (ScriptNode node : block.nodes()) {
            switch (node.kind()) {
                case "prim::If" -> frame.put(node.outputs(), branch(node, frame));
                case "prim::Loop" -> frame.put(node.outputs(), loop(node, frame));
                case "prim::TupleUnpack", "prim::ListUnpack" -> frame.put(node.outputs(), unpack(node, frame));
                default -> {
                    Object result = evaluate(node, frame);
                    if (node.outputs().size() == 1) {
                        frame.values().put(node.outputs().get(0), result);
                    } else if (result instanceof ScriptTuple tuple) {
                        frame.put(node.outputs(), tuple.elements());
                    }
                }
            }
        }
        return frame.all(block.results());
    }

    private static List<?> unpack(ScriptNode node, Frame frame) {
        Object packed = frame.get(node.inputs().get(0));
        List<?> elements = packed instanceof ScriptTuple tuple ? tuple.elements() : (List<?>) packed;
        if (elements == null || elements.size() != node.outputs().size()) {
            throw Refusal.operator(node.kind(), frame.path(), "of " + packed);
        }
        return elements;
    }

    private List<Object> branch(ScriptNode node, Frame frame) {
        Object condition = frame.get(node.inputs().get(0));
        ScriptBlock yes = node.blocks().get(0);
        ScriptBlock no = node.blocks().get(1);
        if (condition instanceof Boolean known) {
            return run(known ? yes : no, frame);
        }
        if (yes.raises() != no.raises()) {
            // the branch that raises is a check of the input, which the engine makes in its own way when it runs
            return run(yes.raises() ? no : yes, frame);
        }
        throw Refusal.operator("prim::If", frame.path(), "a branch on what depends on the input: " + condition);
    }

    private List<Object> loop(ScriptNode node, Frame frame) {
        ScriptBlock body = node.blocks().get(0);
        List<Object> carried = frame.all(node.inputs());
        Object limit = carried.remove(0);
        Object go = carried.remove(0);
        for (long trip = 0; ; trip++) {
            boolean known = limit instanceof Dim dim && dim.isConstant() && go instanceof Boolean;
            if (!known || trip > MAX_TRIPS) {
                String detail = known ? "more than " + MAX_TRIPS + " rounds" : "rounds that depend on the input";
                throw Refusal.operator("prim::Loop", frame.path(), detail);
            }
            if (context.builder().size() > MAX_NODES) {
                String detail = "more than " + MAX_NODES + " operators when it is unrolled";
                throw Refusal.operator("prim::Loop", frame.path(), detail);
            }
            if (trip >= ((Dim) limit).constant() || !((Boolean) go)) {
                return carried;
            }
            List<Object> arguments = new ArrayList<>(List.of(Dim.of(trip)));
            arguments.addAll(carried);
            frame.put(body.parameters(), arguments);
            carried = run(body, frame);
            go = carried.remove(0);
        }
    }

    private Object evaluate(ScriptNode node, Frame frame) {
        String path = frame.path();
        return switch (node.kind()) {
            case "prim::Constant" -> constant(node, path);
            case "prim::GetAttr" ->
                attribute(node, (ScriptObject) frame.get(node.inputs().get(0)));
            case "prim::SetAttr" -> setAttribute(node, frame);
            case "prim::CallMethod" -> {
                List<Object> arguments = frame.all(node.inputs());
                yield callMethod((ScriptObject) arguments.remove(0), node.name(), arguments);
            }
            case "prim::CallFunction" -> {
                List<Object> arguments = frame.all(node.inputs());
                ScriptFunction function = (ScriptFunction) arguments.remove(0);
                yield call(reader.read(function.function()), arguments, path);
            }
            case "prim::RaiseException" ->
                throw Refusal.operator(
                        node.kind(), path, "the model refuses its arguments: " + frame.all(node.inputs()));
            default -> operator(node, frame);
        };
    }

    private Object attribute(ScriptNode node, ScriptObject owner) {
        String path = owner.child(node.name());
        return attributes.computeIfAbsent(
                key(owner, path), k -> IValues.toJava(owner.object().getAttr(node.name()), path));
    }

    private static String key(ScriptObject owner, String path) {
        return owner.object().address() + "." + path;
    }

    /**
     * Sets an attribute. A module may set itself up, e.g. move a table to the input's device, but may not keep anything
     * of the input.
     */
    private Object setAttribute(ScriptNode node, Frame frame) {
        ScriptObject owner = (ScriptObject) frame.get(node.inputs().get(0));
        Object value = frame.get(node.inputs().get(1));
        if (!IValues.isFixed(value)) {
            throw Refusal.operator(node.kind(), frame.path(), "of '" + node.name() + "', which depends on the input");
        }
        attributes.put(key(owner, owner.child(node.name())), value);
        return Nothing.NONE;
    }

    private static Object constant(ScriptNode node, String path) {
        Value output = node.handle().output();
        if (output.type().get().kind().intern() == TypeKind.FunctionType) {
            return new ScriptFunction(new FunctionType(output.type().get()).function());
        }
        IValueOptional value = torch.toIValue(output);
        return value.has_value() ? IValues.toJava(value.get(), path) : Nothing.NONE;
    }

    private Object operator(ScriptNode node, Frame frame) {
        Call call = new Call(context, node, frame.all(node.inputs()), frame.path());
        try {
            return Operators.apply(call);
        } catch (QuantVoiceException e) {
            throw e;
        } catch (ArithmeticException | ClassCastException | IndexOutOfBoundsException | IllegalStateException e) {
            throw Refusal.operator(node.kind(), frame.path(), "with arguments " + call.arguments(), e);
        }
    }
}
