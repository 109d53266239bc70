package org.quantvoice.torch.operators;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.torch.values.ComplexTensor;
import org.quantvoice.torch.values.IValues;
import org.quantvoice.torch.values.TensorRef;

/**
 * The table of all operators that the importer knows, and the rules that hold for each of them: folding, views, changes
 * in place.
 */
public final class Operators {

    /** Operators whose result shares the memory of their first argument, or may do so. */
    private static final Set<String> VIEWS = union(
            ViewWindow.SHARING,
            ViewWindow.OVERLAPPING,
            Set.of(
                    "aten::movedim",
                    "aten::moveaxis",
                    "aten::reshape",
                    "aten::reshape_as",
                    "aten::flatten",
                    "aten::unflatten",
                    "aten::contiguous",
                    "aten::real",
                    "aten::imag",
                    "aten::view_as_real",
                    "aten::to",
                    "aten::type_as",
                    "aten::dropout",
                    "aten::feature_dropout"));

    /**
     * Operators that ask for something other than a tensor's elements, or that return a scalar. They are not folded.
     */
    private static final Set<String> NOT_FOLDED = Set.of(
            "aten::size",
            "aten::dim",
            "aten::numel",
            "aten::len",
            "aten::append",
            "aten::stride",
            "aten::is_contiguous",
            "aten::is_complex",
            "aten::__contains__",
            "aten::__getitem__",
            "aten::__is__",
            "aten::__isnot__",
            "aten::Int",
            "aten::IntImplicit",
            "aten::ScalarImplicit",
            "aten::Float",
            "aten::FloatImplicit",
            "aten::Bool",
            "aten::item",
            "aten::is_floating_point",
            "aten::format",
            "aten::warn",
            "aten::empty_like",
            "aten::copy",
            "aten::fill",
            "aten::zero",
            "aten::zeros_like",
            "aten::ones_like",
            "aten::full_like",
            "aten::lstm",
            "aten::gru",
            "aten::rnn_tanh",
            "aten::rnn_relu",
            "aten::lstm_cell",
            "aten::quantized_lstm",
            "aten::quantized_gru");

    /** Operators without tensor arguments that libtorch computes when all their numbers are known. */
    private static final Set<String> MADE_OF_NUMBERS = Set.of(
            "aten::arange",
            "aten::linspace",
            "aten::logspace",
            "aten::hann_window",
            "aten::hamming_window",
            "aten::blackman_window",
            "aten::bartlett_window",
            "aten::kaiser_window",
            "aten::fft_rfftfreq",
            "aten::fft_fftfreq");

    private static final Map<String, Operator> TABLE = new HashMap<>();

    static {
        ScalarOperators.register(TABLE);
        ListOperators.register(TABLE);
        ElementwiseOperators.register(TABLE);
        LayerOperators.register(TABLE);
        LayoutOperators.register(TABLE);
        SplitOperators.register(TABLE);
        FactoryOperators.register(TABLE);
        ReductionOperators.register(TABLE);
        GatherOperator.register(TABLE);
        RecurrentOperators.register(TABLE);
        PackedSequences.register(TABLE);
        CellOperators.register(TABLE);
        TableOperators.register(TABLE);
        QuantizedOperators.register(TABLE);
        QuantizedMath.register(TABLE);
        FunctionOperators.register(TABLE);
        MaskOperators.register(TABLE);
        PoolingOperators.register(TABLE);
        WindowOperators.register(TABLE);
        IndexOperators.register(TABLE);
        ResizingOperators.register(TABLE);
        EinsumOperator.register(TABLE);
        TransposedConvolution.register(TABLE);
        TransformerOperators.register(TABLE);
        // registered last, because it wraps the operators of real tensors to take complex ones
        SpectrumOperators.register(TABLE);
    }

    private Operators() {}

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        return Stream.of(sets).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }

    public static Object apply(Call call) {
        ActivationRange range = call.isTensor(0) ? call.tensor(0).range() : null;
        Object result = evaluate(call);
        if (range != null && call.kind().startsWith("aten::") && !call.kind().equals("aten::dequantize")) {
            ActivationRange after = afterwards(call.kind(), range);
            (result instanceof List<?> list ? list : List.of(result)).forEach(each -> {
                if (each instanceof TensorRef tensor && tensor.range() == null) {
                    tensor.ranged(after);
                }
            });
        }
        return result;
    }

    /**
     * Returns the range of an operator's quantized result. libtorch keeps the input's scale except for functions with a
     * fixed range.
     */
    private static ActivationRange afterwards(String kind, ActivationRange range) {
        return switch (kind) {
            case "aten::sigmoid", "aten::hardsigmoid" -> new ActivationRange(1.0 / 256, 0);
            case "aten::tanh" -> new ActivationRange(2.0 / 256, 128);
            default -> range;
        };
    }

    private static Object evaluate(Call call) {
        String kind = call.kind();
        boolean inPlace = kind.endsWith("_") && !kind.endsWith("__");
        String base = inPlace ? kind.substring(0, kind.length() - 1) : kind;
        Operator operator = TABLE.get(base);
        if (!inPlace && isFoldable(call)) {
            return alias(base, call, call.context().folding().run(call));
        }
        if (operator == null) {
            throw call.unsupported("");
        }
        Object result = operator.apply(call);
        return inPlace ? assign(call, result) : alias(base, call, result);
    }

    private static Object assign(Call call, Object result) {
        TensorRef target = call.tensor(0);
        TensorRef changed = (TensorRef) result;
        if (changed.content() instanceof ComplexTensor && SpectrumOperators.isComplex(call, 0)) {
            target.assign(changed);
            return target;
        }
        if (!fits(call.value(target).shape(), call.value(changed).shape())
                || call.value(target).type() != call.value(changed).type()) {
            throw call.unsupported("a change in place of shape or type");
        }
        target.assign(inShapeOf(call, changed, call.value(target)));
        return target;
    }

    /** Returns whether the sizes may be equal, as far as is known before the run. */
    private static boolean fits(Shape target, Shape changed) {
        boolean fits = target.rank() == changed.rank();
        for (int i = 0; fits && i < target.rank(); i++) {
            Dim difference = target.dim(i).minus(changed.dim(i));
            fits = !difference.isAtLeast(1) && !difference.isAtMost(-1);
        }
        return fits;
    }

    private static TensorRef inShapeOf(Call call, TensorRef changed, Value target) {
        Value value = call.value(changed);
        boolean same = value.shape().equals(target.shape());
        return same
                ? changed
                : TensorRef.of(new Formula(call).expanded(value, target.shape().dims()));
    }

    /** Returns whether the importer knows this operator or, of an operator that works in place, its plain form. */
    static boolean knows(String kind) {
        boolean inPlace = kind.endsWith("_") && !kind.endsWith("__");
        return TABLE.containsKey(inPlace ? kind.substring(0, kind.length() - 1) : kind)
                || MADE_OF_NUMBERS.contains(kind);
    }

    private static boolean isFoldable(Call call) {
        if (!call.kind().startsWith("aten::") || NOT_FOLDED.contains(call.kind()) || FactoryOperators.isMove(call)) {
            return false;
        }
        boolean tensors = false;
        for (Object argument : call.arguments()) {
            if (!IValues.isFixed(argument)) {
                return false;
            }
            tensors |= argument instanceof TensorRef
                    || (argument instanceof List<?> list && list.stream().anyMatch(TensorRef.class::isInstance));
        }
        return tensors || MADE_OF_NUMBERS.contains(call.kind());
    }

    private static Object alias(String kind, Call call, Object result) {
        if (!VIEWS.contains(kind) || !call.isTensor(0)) {
            return result;
        }
        TensorRef source = call.tensor(0);
        if (result instanceof TensorRef view) {
            TensorRef shown = view == source ? source : source.view(view, ViewWindow.of(call, 0));
            return ViewWindow.OVERLAPPING.contains(kind) ? shown.overlapping() : shown;
        }
        if (result instanceof List<?> list) {
            List<Object> views = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                Object element = list.get(i);
                views.add(element instanceof TensorRef view ? source.view(view, ViewWindow.of(call, i)) : element);
            }
            return views;
        }
        return result;
    }

    /** Returns the result of an operator that makes views, anew and as tensors of their own. */
    static Object copies(Call call) {
        return isFoldable(call)
                ? call.context().folding().run(call)
                : requireNonNull(TABLE.get(call.kind())).apply(call);
    }
}
