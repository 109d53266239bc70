package org.quantvoice.torch.quantize;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.quantvoice.quant.QuantReport.Layer;
import org.quantvoice.quant.QuantReport.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which static layers stay float because 8 bits cannot hold their output: those with a frame whose
 * signal-to-noise ratio, with rounding as the noise, is below {@link #LEAST_WORST}.
 */
public final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    /**
     * The least signal-to-noise ratio that the worst frame may have, in dB. A norm behind the layer scales a frame to
     * unit variance, and its noise with it: at 10 dB a tenth of the power that the next layer sees is noise; at 0 dB
     * the frame was rounded to one value.
     */
    static final double LEAST_WORST = 10;

    private final boolean on;
    private final Map<String, OutputNoise> noise = new HashMap<>();
    private final Map<String, String> reasons = new HashMap<>();

    Guard(boolean on) {
        this.on = on;
    }

    /**
     * @param measured by {@link Site#id()}; a site that it lacks never ran
     */
    void judge(List<Site> sites, Map<String, OutputNoise> measured) {
        noise.putAll(measured);
        for (Site site : sites) {
            OutputNoise n = measured.get(site.id());
            if (n == null) {
                keepFloat(site, "it did not run on the calibration audio");
            } else if (on && n.worst() < LEAST_WORST) {
                keepFloat(site, drowned(n));
            }
        }
        if (measured.isEmpty()) {
            throw RangeObserver.nothingSeen(
                    "any static layer, the first of which is " + sites.get(0).path());
        }
    }

    private static String drowned(OutputNoise n) {
        return String.format(
                Locale.ROOT,
                "rounding its output in steps of %.3g drowns quiet frames: signal to noise %.1f dB in the worst frame,"
                        + " at least %.0f dB wanted (%.1f dB over all frames)",
                n.params().scale(),
                n.worst(),
                LEAST_WORST,
                n.mean());
    }

    void keepFloat(Site site, String reason) {
        if (reasons.putIfAbsent(site.id(), reason) == null) {
            LOG.warn("kept float: {} ({}): {}", site.path(), site.kind().type(), reason);
        }
    }

    Set<String> keptFloat() {
        return reasons.keySet();
    }

    Layer describe(Site site) {
        OutputNoise n = noise.get(site.id());
        String reason = reasons.get(site.id());
        return new Layer(
                site.path(),
                site.kind().type(),
                reason == null ? site.method() : Method.KEPT_FLOAT,
                n == null ? Double.NaN : n.mean(),
                n == null ? Double.NaN : n.worst(),
                reason == null ? "" : reason);
    }
}
