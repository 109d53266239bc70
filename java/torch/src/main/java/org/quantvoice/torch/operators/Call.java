package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ComplexTensor;
import org.quantvoice.torch.values.Nothing;
import org.quantvoice.torch.values.Refusal;
import org.quantvoice.torch.values.ScalarTypes;
import org.quantvoice.torch.values.ScriptNode;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;
import org.quantvoice.torch.values.UniformValues;

/**
 * One call of an operator. It reads the arguments by position in the types that the operator wants, and adds nodes to
 * the graph.
 */
public final class Call {

    private final ImportContext context;
    private final ScriptNode node;
    private final List<Object> arguments;
    private final String path;

    public Call(ImportContext context, ScriptNode node, List<Object> arguments, String path) {
        this.context = context;
        this.node = node;
        this.arguments = arguments;
        this.path = path;
    }

    /** Returns this call with its first two arguments exchanged. */
    Call swapped() {
        List<Object> exchanged = new ArrayList<>(arguments);
        exchanged.set(0, arguments.get(1));
        exchanged.set(1, arguments.get(0));
        return new Call(context, node, exchanged, path);
    }

    /** Returns this call with another argument at an index. */
    Call with(int index, Object argument) {
        List<Object> changed = new ArrayList<>(arguments);
        changed.set(index, argument);
        return new Call(context, node, changed, path);
    }

    ImportContext context() {
        return context;
    }

    UniformValues uniforms() {
        return context.uniforms();
    }

    /** Warns once that the model was exported in training mode but runs as in evaluation mode. */
    void warnOfTraining() {
        context.warnOfTraining(path);
    }

    ScriptNode node() {
        return node;
    }

    String kind() {
        return node.kind();
    }

    String path() {
        return path;
    }

    public List<Object> arguments() {
        return arguments;
    }

    int count() {
        return arguments.size();
    }

    GraphBuilder builder() {
        return context.builder();
    }

    UnsupportedOperatorException unsupported(String detail) {
        return Refusal.operator(kind(), path, detail);
    }

    Object get(int index) {
        return arguments.get(index);
    }

    boolean isNone(int index) {
        return index >= arguments.size() || arguments.get(index) == Nothing.NONE;
    }

    boolean isTensor(int index) {
        return index < arguments.size() && arguments.get(index) instanceof TensorRef;
    }

    TensorRef tensor(int index) {
        return (TensorRef) arguments.get(index);
    }

    Value value(int index) {
        return value(tensor(index));
    }

    Value value(TensorRef tensor) {
        return context.value(tensor, path, "constant");
    }

    /** Returns an argument that is a weight; a tensor that was computed from parameters is named "weight". */
    Value weight(int index) {
        return context.value(tensor(index), path, "weight");
    }

    /** Returns the constant of a tensor, named after the module that owns it and its role there. */
    Value constant(TensorRef tensor, String owner, String role) {
        return context.value(tensor, owner, role);
    }

    /**
     * Returns the weights of packed parameters: int8 ones as they are, others widened to floats. Calls that share
     * parameters get the same value.
     */
    Value packed(PackedLayer layer, String role) {
        ModelConstants constants = context.constants();
        return layer.isInt8() ? constants.int8(layer, role) : constants.floats(layer, role);
    }

    /** Returns the largest element of an integer tensor, if it is known from sizes. */
    Optional<Dim> largest(int index) {
        return context.largest().of(value(index));
    }

    Shape shape(int index) {
        return value(index).shape();
    }

    List<?> list(int index) {
        Object argument = arguments.get(index);
        return argument instanceof ScriptTuple tuple ? tuple.elements() : (List<?>) argument;
    }

    List<Value> values(int index) {
        List<Value> values = new ArrayList<>();
        list(index).forEach(element -> values.add(value((TensorRef) element)));
        return values;
    }

    /** Returns an integer argument, also one that a trace keeps in a tensor. */
    Dim dim(int index) {
        return dim(arguments.get(index));
    }

    Dim dim(Object argument) {
        if (argument instanceof Boolean flag) {
            return Dim.of(flag ? 1 : 0);
        }
        Object scalar = argument instanceof TensorRef tensor ? scalar(tensor).orElse(tensor) : argument;
        if (scalar instanceof Dim dim) {
            return dim;
        }
        if (scalar instanceof UniformValues.Ratio ratio && ratio.bottom() == 1) {
            return ratio.top();
        }
        throw unsupported("needs a whole number, not " + argument);
    }

    int integer(int index) {
        Dim dim = dim(index);
        if (!dim.isConstant()) {
            throw unsupported("needs a fixed number, not " + dim);
        }
        return Math.toIntExact(dim.constant());
    }

    /** Returns an argument that is a constant number. */
    double number(int index) {
        Object scalar = scalar(arguments.get(index));
        return scalar instanceof Double number ? number : (double) dimConstant(scalar);
    }

    private long dimConstant(Object scalar) {
        if (scalar instanceof Dim dim && dim.isConstant()) {
            return dim.constant();
        }
        throw unsupported("needs a fixed number, not " + scalar);
    }

    boolean flag(int index) {
        Object argument = arguments.get(index);
        return argument instanceof Dim ? dimConstant(argument) != 0 : (Boolean) argument;
    }

    /** Returns a list of integers; a single integer counts as a list of one. */
    List<Dim> dims(int index) {
        if (!(arguments.get(index) instanceof List<?> || arguments.get(index) instanceof ScriptTuple)) {
            return List.of(dim(index));
        }
        List<Dim> dims = new ArrayList<>();
        list(index).forEach(element -> dims.add(dim(element)));
        return dims;
    }

    int[] ints(int index) {
        return dims(index).stream()
                .mapToInt(d -> Math.toIntExact(dimConstant(d)))
                .toArray();
    }

    /** Returns a {@link Dim} or {@link Double} for a number, or for a tensor without axes whose number is known. */
    Object scalar(Object argument) {
        if (argument instanceof TensorRef tensor) {
            return scalar(tensor).orElse(tensor);
        }
        return argument instanceof Boolean flag ? Dim.of(flag ? 1 : 0) : argument;
    }

    /** Reads a number as {@link #scalar(Object)} does, from a tensor with axes too if it has one element. */
    Object item(Object argument) {
        if (!(argument instanceof TensorRef tensor)) {
            return scalar(argument);
        }
        if (tensor.content() instanceof Tensor fixed && fixed.numel() == 1) {
            return number(fixed);
        }
        if (tensor.content() instanceof Value value && value.shape().size().is(1)) {
            return uniforms().number(value).orElse(tensor);
        }
        return scalar(argument);
    }

    static Optional<Object> scalar(TensorRef tensor) {
        if (tensor.content() instanceof Dim dim) {
            return Optional.of(dim);
        }
        if (!(tensor.content() instanceof Tensor fixed) || fixed.dim() != 0) {
            return Optional.empty();
        }
        return Optional.of(number(fixed));
    }

    private static Object number(Tensor fixed) {
        boolean real = fixed.is_floating_point();
        return real
                ? (Object) fixed.item_double()
                : Dim.of(fixed.to(ScalarType.Long).item_long());
    }

    /** Returns an axis argument, counted from the front. */
    int axis(int index, Value x) {
        return axis(dim(index), x.shape().rank());
    }

    int axis(Dim axis, int rank) {
        int number = Math.toIntExact(dimConstant(axis));
        int normal = number < 0 ? number + rank : number;
        if (normal < 0 || normal >= rank) {
            throw unsupported("axis " + number + " of " + rank);
        }
        return normal;
    }

    /** Returns the element type of a dtype argument, or {@code otherwise} if it is None. */
    DType type(int index, DType otherwise) {
        if (isNone(index)) {
            return otherwise;
        }
        return ModelConstants.type(ScalarTypes.of(integer(index)), path);
    }

    TensorRef emit(Op op, Attributes attributes, Value... operands) {
        return sized(builder().add(op, path, attributes, operands));
    }

    /**
     * Wraps a value. A tensor without axes that holds a size is kept as the size, so that scripts can branch and loop
     * on it.
     */
    private TensorRef sized(Value value) {
        boolean single = value.shape().rank() == 0 && value.type() == DType.INT;
        Object number = single ? uniforms().number(value).orElse(null) : null;
        return number instanceof Dim size ? TensorRef.of(size) : TensorRef.of(value);
    }

    /** Returns the same tensor in a new variable. */
    TensorRef emitSame(TensorRef tensor) {
        Object content = tensor.content();
        if (content instanceof Tensor fixed) {
            return TensorRef.of(fixed);
        }
        if (content instanceof ComplexTensor complex) {
            return TensorRef.of(complex);
        }
        return content instanceof Dim size ? TensorRef.of(size) : TensorRef.of((Value) content);
    }

    Value add(Op op, Attributes attributes, Value... operands) {
        return builder().add(op, path, attributes, operands);
    }
}
