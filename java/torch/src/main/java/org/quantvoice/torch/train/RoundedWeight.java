package org.quantvoice.torch.train;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A weight that is rounded during training: the float parameter, and the scales that set the distance of its levels.
 * The tensors live as long as the {@link org.quantvoice.torch.script.TorchCall} that they were made in.
 */
public final class RoundedWeight {
    /**
     * The number of scales that are tried: the scale of the largest weight, and smaller ones in steps of 1/40 of it,
     * which cut the largest weights.
     */
    private static final int PARTS = 40;

    private static final int LEAST_PART = 10;
    /** Veltkamp's constant that keeps 16 of a float's 24 bits. */
    private static final float SPLIT = (1 << 8) + 1;

    private final Tensor parameter;
    private final int top;
    private final boolean perChannel;
    private final Tensor scales;
    private final Tensor zeroPoints;

    /** @param parameter {@code [out, ...]}, trained in place */
    public RoundedWeight(Tensor parameter, QatOptions options) {
        this.parameter = parameter;
        this.top = options.top();
        this.perChannel = options.perChannel();
        this.scales = torch.ones(new long[] {parameter.size(0)});
        this.zeroPoints = torch.zeros(new long[] {parameter.size(0)}).to(ScalarType.Int);
    }

    public Tensor scales() {
        return scales;
    }

    public Tensor zeroPoints() {
        return zeroPoints;
    }

    /** Returns the number of weights. */
    long size() {
        return parameter.numel();
    }

    int top() {
        return top;
    }

    /** Sets the scales to those with the least squared error of the present weights. */
    public void observe() {
        Tensor rows = perChannel
                ? parameter.detach().flatten(1, -1)
                : parameter.detach().reshape(1, -1);
        Tensor whole = rows.abs()
                .amax(new long[] {1}, true)
                .div(new Scalar((float) top))
                .clamp_min(new Scalar(1e-12f));
        Tensor best = whole;
        Tensor least = error(rows, whole);
        for (int part = PARTS - 1; part >= LEAST_PART; part--) {
            Tensor scale = whole.mul(new Scalar((float) part / PARTS));
            Tensor error = error(rows, scale);
            Tensor better = error.lt(least);
            best = torch.where(better, scale, best);
            least = torch.where(better, error, least);
        }
        scales.copy_(shortened(best).flatten().expand(scales.size(0)));
    }

    /** Rounds a scale to 16 bits of precision, so that every level, a scale times at most 127, is an exact float (Veltkamp's splitting). */
    private static Tensor shortened(Tensor scale) {
        Tensor shifted = scale.mul(new Scalar(SPLIT));
        return shifted.sub(shifted.sub(scale));
    }

    private Tensor error(Tensor rows, Tensor scale) {
        Tensor off = rows.div(scale)
                .round()
                .clamp_(new org.bytedeco.pytorch.ScalarOptional(new Scalar(-top)), max())
                .mul_(scale)
                .sub_(rows);
        return off.mul_(off).sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional());
    }

    private org.bytedeco.pytorch.ScalarOptional max() {
        return new org.bytedeco.pytorch.ScalarOptional(new Scalar(top));
    }

    /** Returns the weights rounded to their levels. */
    Tensor rounded() {
        return torch.fake_quantize_per_channel_affine(parameter.detach(), scales, zeroPoints, 0, -top, top);
    }
}
