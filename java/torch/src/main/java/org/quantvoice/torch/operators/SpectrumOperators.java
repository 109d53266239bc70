package org.quantvoice.torch.operators;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.ComplexTensor;
import org.quantvoice.torch.values.TensorRef;

/**
 * Fourier transforms of real signals, computed as products with cosines and sines. {@code stft} is a convolution over
 * the signal, which no recipe makes int8.
 */
final class SpectrumOperators {
    /** The most points of a transform; the matrix of a longer one would be too large. */
    private static final int MOST_POINTS = 4096;

    /** Operators that apply to the two parts of a complex tensor separately. */
    private static final List<String> BY_PARTS = List.of(
            "aten::slice",
            "aten::select",
            "aten::narrow",
            "aten::transpose",
            "aten::permute",
            "aten::unsqueeze",
            "aten::squeeze",
            "aten::flatten",
            "aten::reshape",
            "aten::view",
            "aten::contiguous",
            "aten::clone",
            "aten::detach",
            "aten::expand",
            "aten::movedim",
            "aten::swapaxes",
            "aten::unflatten",
            "aten::resolve_conj");

    /** Operators that ask for sizes, which both parts of a complex tensor have. */
    private static final List<String> SIZES =
            List.of("aten::size", "prim::shape", "aten::dim", "aten::numel", "aten::len");

    private SpectrumOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::stft", SpectrumOperators::stft);
        table.put("aten::fft_rfft", SpectrumOperators::rfft);
        table.put("aten::view_as_real", SpectrumOperators::pair);
        table.put("aten::view_as_complex", SpectrumOperators::unpaired);
        table.put("aten::complex", call -> of(call.value(0), call.value(1)));
        table.put("aten::polar", SpectrumOperators::polar);
        table.put("aten::real", call -> TensorRef.of(complex(call, 0).real()));
        table.put("aten::imag", call -> TensorRef.of(complex(call, 0).imaginary()));
        table.put("aten::is_complex", call -> isComplex(call, 0));
        whereComplex(table, "aten::abs", (call, x) -> TensorRef.of(magnitude(new Formula(call), x)));
        whereComplex(table, "aten::mul", SpectrumOperators::product);
        whereComplex(table, "aten::div", SpectrumOperators::divided);
        whereComplex(table, "aten::add", (call, x) -> summed(call, x, Op.ADD));
        whereComplex(table, "aten::sub", (call, x) -> summed(call, x, Op.SUB));
        whereComplex(table, "aten::pow", SpectrumOperators::power);
        whereComplex(table, "aten::square", (call, x) -> multiplied(call, x, x));
        whereComplex(table, "aten::conj", (call, x) -> of(x.real(), new Formula(call).of(Op.NEG, x.imaginary())));
        for (String name : BY_PARTS) {
            Operator plain = table.getOrDefault(name, call -> call.get(0));
            whereComplex(table, name, (call, x) -> byParts(plain, call, x));
        }
        for (String name : SIZES) {
            Operator plain = requireNonNull(table.get(name));
            whereComplex(table, name, (call, x) -> plain.apply(call.with(0, TensorRef.of(x.real()))));
        }
    }

    private static void whereComplex(
            Map<String, Operator> table, String name, BiFunction<Call, ComplexTensor, Object> special) {
        Operator plain = table.getOrDefault(name, call -> {
            throw call.unsupported("");
        });
        table.put(name, call -> isComplex(call, 0) ? special.apply(call, complex(call, 0)) : plain.apply(call));
    }

    static boolean isComplex(Call call, int index) {
        return call.isTensor(index) && call.tensor(index).content() instanceof ComplexTensor;
    }

    private static ComplexTensor complex(Call call, int index) {
        if (call.tensor(index).content() instanceof ComplexTensor complex) {
            return complex;
        }
        throw call.unsupported("of real numbers");
    }

    private static TensorRef of(Value real, Value imaginary) {
        return TensorRef.of(new ComplexTensor(real, imaginary));
    }

    private static Object byParts(Operator plain, Call call, ComplexTensor x) {
        TensorRef real = (TensorRef) plain.apply(call.with(0, TensorRef.of(x.real())));
        TensorRef imaginary = (TensorRef) plain.apply(call.with(0, TensorRef.of(x.imaginary())));
        return of(call.value(real), call.value(imaginary));
    }

    private static Object pair(Call call) {
        ComplexTensor x = complex(call, 0);
        Formula f = new Formula(call);
        int last = x.real().shape().rank();
        return TensorRef.of(f.joined(last, List.of(f.unsqueezed(x.real(), last), f.unsqueezed(x.imaginary(), last))));
    }

    private static Object unpaired(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        int last = x.shape().rank() - 1;
        Value real = f.squeezed(f.slice(x, last, Dim.ZERO, Dim.ONE), last);
        return of(real, f.squeezed(f.slice(x, last, Dim.ONE, Dim.of(2)), last));
    }

    private static Object polar(Call call) {
        Formula f = new Formula(call);
        return of(
                f.times(call.value(0), f.of(Op.COS, call.value(1))),
                f.times(call.value(0), f.of(Op.SIN, call.value(1))));
    }

    private static Object summed(Call call, ComplexTensor x, Op op) {
        if (!isComplex(call, 1) || (call.count() > 2 && call.number(2) != 1)) {
            throw call.unsupported("of complex numbers with other than complex ones");
        }
        Formula f = new Formula(call);
        ComplexTensor y = complex(call, 1);
        return of(f.of(op, x.real(), y.real()), f.of(op, x.imaginary(), y.imaginary()));
    }

    private static Value power(Formula f, ComplexTensor x) {
        return f.plus(f.times(x.real(), x.real()), f.times(x.imaginary(), x.imaginary()));
    }

    private static Value magnitude(Formula f, ComplexTensor x) {
        return f.of(Op.SQRT, power(f, x));
    }

    private static Object power(Call call, ComplexTensor x) {
        if (call.number(1) != 2) {
            throw call.unsupported("of complex numbers other than the square");
        }
        return multiplied(call, x, x);
    }

    private static Object product(Call call, ComplexTensor x) {
        if (isComplex(call, 1)) {
            return multiplied(call, x, complex(call, 1));
        }
        return scaled(call, x, Op.MUL);
    }

    private static Object divided(Call call, ComplexTensor x) {
        return scaled(call, x, Op.DIV);
    }

    private static Object scaled(Call call, ComplexTensor x, Op op) {
        String name = op.toString();
        Object real = ElementwiseOperators.binary(op, name, call.with(0, TensorRef.of(x.real())), -1);
        Object imaginary = ElementwiseOperators.binary(op, name, call.with(0, TensorRef.of(x.imaginary())), -1);
        return of(call.value((TensorRef) real), call.value((TensorRef) imaginary));
    }

    private static Object multiplied(Call call, ComplexTensor a, ComplexTensor b) {
        Formula f = new Formula(call);
        Value real = f.minus(f.times(a.real(), b.real()), f.times(a.imaginary(), b.imaginary()));
        Value imaginary = f.plus(f.times(a.real(), b.imaginary()), f.times(a.imaginary(), b.real()));
        return of(real, imaginary);
    }

    /**
     * Returns the matrix {@code [2 bins, points]} of a transform of {@code n} points: cosines, then negated sines, each
     * times the window.
     */
    private static Tensor waves(int n, int points, boolean oneSided, float[] window, double factor) {
        int bins = oneSided ? n / 2 + 1 : n;
        float[] all = new float[2 * bins * points];
        for (int k = 0; k < bins; k++) {
            for (int i = 0; i < points; i++) {
                double angle = 2 * Math.PI * ((long) k * i % n) / n;
                all[k * points + i] = (float) (Math.cos(angle) * window[i] * factor);
                all[(bins + k) * points + i] = (float) (-Math.sin(angle) * window[i] * factor);
            }
        }
        try (FloatPointer data = new FloatPointer(all)) {
            return torch.from_blob(data, 2L * bins, points).clone();
        }
    }

    private static void requireSmall(Call call, int points) {
        if (points < 1 || points > MOST_POINTS) {
            throw call.unsupported("of " + points + " points");
        }
    }

    /** Emits a transform of a real signal. The arguments are x, n, axis and norm. */
    private static Object rfft(Call call) {
        Formula f = new Formula(call);
        Value x = call.value(0);
        int axis = call.isNone(2) ? x.shape().rank() - 1 : call.axis(2, x);
        int last = x.shape().rank() - 1;
        Value moved = f.moved(x, axis, last);
        int length = Math.toIntExact(moved.shape().dim(last).constant());
        int n = call.isNone(1) ? length : call.integer(1);
        requireSmall(call, Math.max(n, length));
        int points = Math.min(n, length);
        double factor = call.isNone(3) || call.get(3).equals("backward")
                ? 1
                : call.get(3).equals("ortho") ? 1 / Math.sqrt(n) : 1.0 / n;
        Value used = f.slice(moved, last, Dim.ZERO, Dim.of(points));
        Value kernel = call.constant(TensorRef.of(waves(n, points, true, ones(points), factor)), call.path(), "dft");
        Value both = call.add(Op.LINEAR, Attributes.of(LayerPrecision.EXACT, true), used, kernel);
        Dim bins = Dim.of(n / 2 + 1);
        Value real = f.slice(both, last, Dim.ZERO, bins);
        Value imaginary = f.slice(both, last, bins, bins.times(2));
        return of(f.moved(real, last, axis), f.moved(imaginary, last, axis));
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    /**
     * Emits a short-time transform. The arguments are x, points, hop, length of the window, window, [center, padding,]
     * normalized, one-sided and complex result. The scripted form lacks the two in brackets, as its caller has padded
     * the signal.
     */
    private static Object stft(Call call) {
        Formula f = new Formula(call);
        boolean centred = call.count() >= 10;
        int rest = centred ? 7 : 5;
        int n = call.integer(1);
        requireSmall(call, n);
        int hop = call.isNone(2) ? n / 4 : call.integer(2);
        Value x = call.value(0);
        boolean single = x.shape().rank() == 1;
        Value rows = single ? f.unsqueezed(x, 0) : x;
        if (centred && call.flag(5)) {
            rows = f.padded(rows, 1, Dim.of(n / 2), Dim.of(n / 2), (String) call.get(6), 0);
        }
        boolean oneSided = call.isNone(rest + 1) || call.flag(rest + 1);
        double factor = call.flag(rest) ? 1 / Math.sqrt(n) : 1;
        Tensor waves = waves(n, n, oneSided, window(call, n), factor).unsqueeze(1);
        Value kernel = call.constant(TensorRef.of(waves), call.path(), "stft");
        Attributes attributes = Attributes.of(
                        "stride", new int[] {hop}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1)
                .with(LayerPrecision.EXACT, true);
        Value both = call.add(Op.CONV1D, attributes, f.unsqueezed(rows, 1), kernel);
        Dim bins = Dim.of(oneSided ? n / 2 + 1 : n);
        List<Value> parts = new ArrayList<>();
        for (Dim from : List.of(Dim.ZERO, bins)) {
            Value part = f.slice(both, 1, from, from.plus(bins));
            parts.add(single ? f.squeezed(part, 0) : part);
        }
        TensorRef result = of(parts.get(0), parts.get(1));
        boolean complex = call.isNone(rest + 2) || call.flag(rest + 2);
        return complex ? result : pair(call.with(0, result));
    }

    /** Returns the window, centred in the points, or ones if there is none. */
    private static float[] window(Call call, int n) {
        int length = call.isNone(3) ? n : call.integer(3);
        float[] given = ones(length);
        if (!call.isNone(4)) {
            if (!(call.tensor(4).content() instanceof Tensor fixed) || fixed.numel() != length) {
                throw call.unsupported("with a window that depends on the input");
            }
            try (FloatPointer data =
                    fixed.to(torch.ScalarType.Float).contiguous().data_ptr_float()) {
                data.get(given);
            }
        }
        float[] window = new float[n];
        System.arraycopy(given, 0, window, (n - length) / 2, length);
        return window;
    }
}
