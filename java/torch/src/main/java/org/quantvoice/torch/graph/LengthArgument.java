package org.quantvoice.torch.graph;

import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.torch.operators.ModelConstants;

/**
 * The meaning of a required tensor behind the waveform: the length in samples, the length relative to the batch, or a
 * mask. Parameter names do not tell which, so the model is run with each of them; the right one masks nothing of a
 * recording that has its full length.
 */
public enum LengthArgument {
    /** {@code [1]} float: the part of the row that is no padding, 1. */
    RELATIVE,
    /** {@code [1]} int: samples. */
    SAMPLES,
    /** {@code [1, samples]} bool: true where there is a sample. */
    BOOL_MASK,
    /** {@code [1, samples]} bool: true where there is padding. */
    PADDING_MASK,
    /** {@code [1, samples]} int: 1 where there is a sample. */
    INT_MASK,
    /** {@code [1, samples]} float: 1 where there is a sample. */
    FLOAT_MASK;

    private static final int TRIAL = 16_000;
    private static final double FAR = 1e6;
    private static final double CLOSE = 1e-4;
    /** Factor by which the samples must change the result than padding does. */
    private static final double CLEARLY = 1.2;

    /**
     * Finds what the required argument of {@code forward} means. Gradients must be off.
     *
     * @throws UnsupportedOperatorException if none fits
     */
    public static LengthArgument find(JitModule module) {
        Run run = new Run(module);
        Tensor one = run.with(RELATIVE.tensor(1, TRIAL));
        if (one != null && same(one, run.with(RELATIVE.tensor(FAR, TRIAL)))) {
            return RELATIVE;
        }
        Tensor samples = run.with(SAMPLES.tensor(TRIAL, TRIAL));
        Tensor more = run.with(SAMPLES.tensor(FAR * TRIAL, TRIAL));
        boolean counts = samples != null && !same(samples, run.with(SAMPLES.tensor(TRIAL / 2.0, TRIAL)));
        if (samples != null && (more == null ? counts : same(samples, more))) {
            return SAMPLES;
        }
        boolean shortens = one != null && !same(one, run.with(RELATIVE.tensor(0.5, TRIAL)));
        if (shortens && samples == null) {
            return RELATIVE;
        }
        for (LengthArgument mask : List.of(BOOL_MASK, INT_MASK, FLOAT_MASK)) {
            LengthArgument meant = run.meaning(mask);
            if (meant != null) {
                return meant;
            }
        }
        throw new UnsupportedOperatorException(
                "forward with a required argument '" + run.name() + "', which is no length and no mask that fits",
                "forward(wavs), or a length in samples, a relative length, or a mask behind it",
                "export the model without it");
    }

    /** Returns the argument for a recording of full length. */
    public Tensor full(long samples) {
        return tensor(this == SAMPLES ? samples : 1, samples);
    }

    private Tensor tensor(double value, long samples) {
        return switch (this) {
            case RELATIVE -> torch.full(new long[] {1}, new Scalar(value)).to(ScalarType.Float);
            case SAMPLES -> torch.full(new long[] {1}, new Scalar(value)).to(ScalarType.Long);
            case PADDING_MASK ->
                torch.full(new long[] {1, samples}, new Scalar(1 - value)).to(ScalarType.Bool);
            default -> torch.full(new long[] {1, samples}, new Scalar(value)).to(elements());
        };
    }

    private ScalarType elements() {
        return switch (this) {
            case BOOL_MASK, PADDING_MASK -> ScalarType.Bool;
            case INT_MASK -> ScalarType.Long;
            default -> ScalarType.Float;
        };
    }

    private static boolean same(Tensor a, @Nullable Tensor b) {
        return b != null
                && java.util.Arrays.equals(ModelConstants.shape(a), ModelConstants.shape(b))
                && a.sub(b).abs().max().item_double()
                        <= CLOSE * (1 + a.abs().max().item_double());
    }

    /** Runs the model on noise with one argument or another. */
    private static final class Run {
        private final JitModule module;
        private final Tensor waveform;
        private final Tensor other;

        Run(JitModule module) {
            this.module = module;
            this.waveform = noise(5);
            this.other = noise(6);
        }

        private static Tensor noise(long seed) {
            float[] noise = new float[TRIAL];
            Random random = new Random(seed);
            for (int i = 0; i < noise.length; i++) {
                noise[i] = (float) (0.1 * random.nextGaussian());
            }
            try (FloatPointer data = new FloatPointer(noise)) {
                return torch.from_blob(data, 1, noise.length).clone();
            }
        }

        private Function forward() {
            return module.get_method("forward").function();
        }

        String name() {
            return forward().getSchema().arguments().getPointer(2).name().getString();
        }

        /** Returns the result, or null if the model does not take the argument. */
        @Nullable
        Tensor with(Tensor argument) {
            return with(waveform, argument);
        }

        private @Nullable Tensor with(Tensor samples, Tensor argument) {
            IValueVector inputs = new IValueVector();
            inputs.push_back(new IValue(samples));
            Argument schema = forward().getSchema().arguments();
            for (long i = 2; i < forward().num_inputs(); i++) {
                Argument each = schema.getPointer(i);
                boolean given = each.default_value().has_value();
                inputs.push_back(
                        given ? each.default_value().get() : isTensor(each) ? new IValue(argument) : new IValue());
            }
            try {
                return first(module.get_method("forward").apply(inputs));
            } catch (RuntimeException e) {
                // JavaCPP throws libtorch's errors as plain RuntimeExceptions; the model does not take this argument
                return null;
            }
        }

        /**
         * Finds what a mask of one type means by a mask of ones, then zeros: the samples in the half that the model
         * takes for padding change the result less. Returns null if the model does not take the type, or if neither
         * half behaves like padding.
         */
        @Nullable
        LengthArgument meaning(LengthArgument mask) {
            Tensor halves = halves(torch.full(new long[] {1, TRIAL}, new Scalar(1.0)), new Scalar(0.0));
            Tensor argument = halves.to(mask.elements());
            Tensor before = with(waveform.mul(halves).add(other.mul(halves.neg().add(new Scalar(1.0)))), argument);
            Tensor behind = with(other.mul(halves).add(waveform.mul(halves.neg().add(new Scalar(1.0)))), argument);
            Tensor whole = with(argument);
            if (whole == null || before == null || behind == null) {
                return null;
            }
            double ofOnes = energy(behind.sub(whole));
            double ofZeros = energy(before.sub(whole));
            if (ofOnes > CLEARLY * ofZeros) {
                return mask;
            }
            return mask == BOOL_MASK && ofZeros > CLEARLY * ofOnes ? PADDING_MASK : null;
        }

        /** Returns a row whose second half is set to a number. */
        private static Tensor halves(Tensor row, Scalar number) {
            row.narrow(1, TRIAL / 2, TRIAL / 2).fill_(number);
            return row;
        }

        private static double energy(Tensor difference) {
            return difference.to(ScalarType.Double).square().sum().item_double();
        }
    }

    /** Returns the sizes of a tensor's axes. */
    public static long[] shape(Tensor tensor) {
        return ModelConstants.shape(tensor);
    }

    /** Returns whether an argument is a tensor that must be given. */
    public static boolean isTensor(Argument argument) {
        return argument.type().get().str().getString().equals("Tensor");
    }

    /**
     * Returns the tensor of a result: the result itself, the first of a tuple or list, or the logits of a dictionary.
     */
    public static Tensor first(IValue result) {
        if (result.isTensor()) {
            return result.toTensor();
        }
        if (result.isTuple() && result.toTuple().elements().size() > 0) {
            return first(result.toTuple().elements().get(0));
        }
        if (result.isList() && result.toList().size() > 0) {
            return first(result.toList().get(0));
        }
        if (result.isGenericDict()) {
            for (String key : RESULTS) {
                if (result.toGenericDict().contains(new IValue(key))) {
                    return first(result.toGenericDict().at(new IValue(key)));
                }
            }
        }
        throw new UnsupportedOperatorException(
                "a forward that returns no tensor: " + result.tagKind().getString(),
                "log-probabilities [1, frames, vocabulary], alone, first in a tuple, or under one of " + RESULTS,
                "export a CTC model whose forward returns them");
    }

    /** The keys of a dictionary under which models return their logits or log-probs. */
    static final List<String> RESULTS = List.of("logits", "log_probs", "logprobs", "emissions", "output");
}
