package org.quantvoice.torch.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NoGradGuard;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.operators.ImportContext;
import org.quantvoice.torch.operators.MissingOperators;
import org.quantvoice.torch.operators.ModelConstants;
import org.quantvoice.torch.values.IValues;
import org.quantvoice.torch.values.Nothing;
import org.quantvoice.torch.values.Refusal;
import org.quantvoice.torch.values.ScriptObject;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;

/**
 * Makes a {@link Graph} of a TorchScript model. Loading TorchScript runs code of the file's author: files must be
 * trusted.
 */
public final class GraphImporter {
    private static final Dim SAMPLES = Dim.symbol("T");

    private GraphImporter() {}

    /**
     * Imports {@code forward} of an acoustic model: its first argument is {@code [B, T]} samples, optional ones are left
     * out.
     *
     * @param module in evaluation mode
     * @throws ModelFormatException if it contradicts itself
     * @throws org.quantvoice.error.UnsupportedOperatorException if the graph cannot express the model
     */
    public static Graph importFrom(JitModule module) {
        try (PointerScope scope = new PointerScope()) {
            List<InputSpec> arguments = waveform(module, Dim.symbol("B"), SAMPLES, () -> LengthArgument.find(module));
            return importMethod(module, "forward", arguments, GraphImporter::acoustic);
        } catch (UnsupportedOperatorException | ModelFormatException e) {
            return ofOneRecording(module, e);
        }
    }

    /**
     * Imports a model for a batch of one. This is done for models that ask how large the batch is, since the engines
     * run one recording at a time.
     */
    private static Graph ofOneRecording(JitModule module, QuantVoiceException first) {
        try (PointerScope scope = new PointerScope()) {
            List<InputSpec> arguments = waveform(module, Dim.ONE, SAMPLES, () -> LengthArgument.find(module));
            return importMethod(module, "forward", arguments, GraphImporter::acoustic);
        } catch (UnsupportedOperatorException | ModelFormatException e) {
            first.addSuppressed(e);
            throw first instanceof UnsupportedOperatorException refusal
                    ? MissingOperators.named(refusal, module)
                    : first;
        }
    }

    /**
     * Imports {@code forward} for one recording of a known length: loops, branches and sizes that follow from it are numbers.
     *
     * @param length what a required argument behind the waveform means, asked for if there is one
     * @throws ModelFormatException if sizes do not fit at this length
     * @throws UnsupportedOperatorException if the graph cannot express the model, or the model refuses the length
     */
    public static Graph importFrom(JitModule module, long samples, Supplier<LengthArgument> length) {
        try (PointerScope scope = new PointerScope()) {
            List<InputSpec> arguments = waveform(module, Dim.ONE, Dim.of(samples), length);
            return importMethod(module, "forward", arguments, GraphImporter::acoustic);
        }
    }

    /** Imports the part of a method that one of its results needs. */
    public static Graph importResult(JitModule module, String method, List<InputSpec> arguments, int result) {
        return importMethod(module, method, arguments, all -> List.of(all.get(result)));
    }

    /**
     * Returns the arguments of {@code forward}: the waveform, then each further parameter's default, None for an
     * optional one, and the full length for a required length.
     */
    private static List<InputSpec> waveform(JitModule module, Dim batch, Dim samples, Supplier<LengthArgument> length) {
        List<InputSpec> arguments = new ArrayList<>();
        arguments.add(InputSpec.tensor("wavs", DType.FLOAT, batch, samples));
        Function forward = function(module, "forward");
        Argument schema = forward.getSchema().arguments();
        for (long i = 2; i < forward.num_inputs(); i++) {
            Argument each = schema.getPointer(i);
            boolean given = each.default_value().has_value();
            if (!given && LengthArgument.isTensor(each)) {
                arguments.add(new InputSpec.Full(length.get(), batch, samples));
            } else {
                Object value = given ? IValues.toJava(each.default_value().get(), "") : Nothing.NONE;
                arguments.add(new InputSpec.Given(value));
            }
        }
        return arguments;
    }

    /**
     * Imports any method of a module in evaluation mode.
     *
     * @param arguments one per parameter of the method, without self
     */
    public static Graph importMethod(JitModule module, String method, List<InputSpec> arguments) {
        return importMethod(module, method, arguments, UnaryOperator.identity());
    }

    private static Graph importMethod(
            JitModule module, String method, List<InputSpec> arguments, UnaryOperator<List<Value>> choice) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            Function function = function(module, method);
            if (function.num_inputs() - 1 != arguments.size()) {
                throw new ModelFormatException(
                        arguments.size() + " arguments for " + method,
                        (function.num_inputs() - 1) + " arguments",
                        "describe each parameter of the method, optional ones too");
            }
            GraphBuilder builder = new GraphBuilder();
            ImportContext context = new ImportContext(builder, new ModelConstants(builder, module));
            List<Object> values = new ArrayList<>();
            arguments.forEach(argument -> values.add(argument(context, argument)));
            Object result = new Evaluator(context).callMethod(new ScriptObject(module._ivalue(), ""), method, values);
            return builder.build(choice.apply(outputs(context, result)));
        } catch (ArithmeticException e) {
            throw new ModelFormatException("sizes beyond 64 bits", "sizes of a sound model", "check the file", e);
        }
    }

    private static Function function(JitModule module, String method) {
        Function function = module.type().findMethod(method);
        if (function == null || function.isNull()) {
            throw new ModelFormatException("no method " + method, "a method of the model", "check the name");
        }
        return function;
    }

    private static Object argument(ImportContext context, InputSpec argument) {
        if (argument instanceof InputSpec.TensorInput tensor) {
            Value value = context.builder().input(tensor.name(), tensor.type(), tensor.shape());
            tensor.largest().ifPresent(largest -> context.largest().warrant(value, largest));
            return TensorRef.of(value);
        }
        if (argument instanceof InputSpec.IntegerInput integer) {
            return context.builder().scalar(integer.name(), integer.min());
        }
        if (argument instanceof InputSpec.Given given) {
            return given.value();
        }
        if (argument instanceof InputSpec.Full full) {
            return TensorRef.of(full.value(context.builder()));
        }
        Object value = ((InputSpec.Fixed) argument).value();
        if (value == null) {
            return Nothing.NONE;
        }
        return value instanceof Long number ? Dim.of(number) : value;
    }

    /** Chooses the first of several results that can be rows of tokens. */
    private static List<Value> acoustic(List<Value> results) {
        return List.of(results.stream()
                .filter(v -> v.type() == DType.FLOAT && v.shape().rank() >= 2)
                .findFirst()
                .orElse(results.get(0)));
    }

    private static List<Value> outputs(ImportContext context, Object result) {
        List<Value> outputs = new ArrayList<>();
        collect(context, result, outputs);
        if (outputs.isEmpty()) {
            throw Refusal.operator("prim::Return", "", "no tensor as a result");
        }
        return outputs;
    }

    /**
     * Collects the tensors of tuples and lists in their order, and of a dictionary the entry that holds the logits.
     * None is left out.
     */
    private static void collect(ImportContext context, Object result, List<Value> outputs) {
        if (result instanceof TensorRef tensor) {
            outputs.add(context.value(tensor, "", "constant"));
        } else if (result instanceof ScriptTuple tuple) {
            tuple.elements().forEach(each -> collect(context, each, outputs));
        } else if (result instanceof List<?> list) {
            list.forEach(each -> collect(context, each, outputs));
        } else if (result instanceof Map<?, ?> named) {
            collect(context, named(named), outputs);
        } else if (result != Nothing.NONE) {
            throw Refusal.operator("prim::Return", "", "a result that is no tensor: " + result);
        }
    }

    private static Object named(Map<?, ?> results) {
        for (String key : LengthArgument.RESULTS) {
            if (results.containsKey(key)) {
                return results.get(key);
            }
        }
        throw Refusal.operator("prim::Return", "", "a dictionary with " + results.keySet() + ", without logits");
    }
}
