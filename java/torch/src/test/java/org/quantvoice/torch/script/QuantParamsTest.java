package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.quantvoice.internal.recipe.RangeScheme;

public class QuantParamsTest {
    @Property
    void everyValueInTheRangeIsWithinOneStepAndZeroIsExact(
            @ForAll @DoubleRange(min = -100, max = 100) double a,
            @ForAll @DoubleRange(min = -100, max = 100) double b,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll boolean reduced) {
        int top = reduced ? 127 : 255;
        double low = Math.min(a, b);
        double high = Math.max(a, b);
        QuantParams params = QuantParams.covering(low, high, new RangeScheme(0, top, false));
        double x = low + share * (high - low);
        double level = Math.max(0, Math.min(top, Math.rint(x / params.scale()) + params.zeroPoint()));
        double back = (level - params.zeroPoint()) * params.scale();
        assertThat(Math.abs(back - x)).isLessThanOrEqualTo(params.scale() * 1.01);
        assertThat(params.zeroPoint()).isBetween(0, top);
        assertThat(params.scale()).isPositive();
    }

    @Property
    void rangesOnOneSideAreWidenedToZero(@ForAll @DoubleRange(min = 0.01, max = 100) double x) {
        assertThat(QuantParams.covering(x, x, RangeScheme.QUINT8).zeroPoint()).isZero();
        assertThat(QuantParams.covering(-x, -x, RangeScheme.QUINT8).zeroPoint()).isEqualTo(255);
    }
}
