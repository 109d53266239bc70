package org.quantvoice.torch.quantize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.torch.script.QuantParams;

/**
 * Converts ranges of an earlier calibration. In files a layer is named by the path of its module, followed by {@code
 * #1} and so on from the second time on that the module runs; here observed tensors have the names that {@link Site}
 * gives them.
 */
public final class KnownRanges {
    private KnownRanges() {}

    /**
     * Returns the ranges of static sites.
     *
     * @param scheme the levels of this backend
     * @throws QuantizationException if there are static sites, and outputs of none of them are known
     */
    static Map<String, QuantParams> of(ActivationRanges known, List<Site> sites, RangeScheme scheme) {
        ActivationRanges fitting = scheme.fit(known);
        Map<String, QuantParams> ranges = new LinkedHashMap<>();
        boolean outputs = false;
        for (Site site : sites) {
            put(ranges, site.input(), fitting.byLayer().get(name(site)));
            put(ranges, site.output(), fitting.outputs().get(name(site)));
            outputs |= ranges.containsKey(site.output());
        }
        if (!outputs && !sites.isEmpty() && !known.byLayer().isEmpty()) {
            throw new QuantizationException(
                    "ranges of " + known.byLayer().size()
                            + " layers, with those of outputs for none of the static ones",
                    "ranges that a calibration on engine LIBTORCH saved: it rounds outputs too",
                    "pass calibration audio and save the ranges of a .pt file, or use engine NATIVE");
        }
        return ranges;
    }

    private static void put(Map<String, QuantParams> ranges, String tap, @Nullable ActivationRange range) {
        if (range != null) {
            ranges.put(tap, new QuantParams(range.scale(), range.zeroPoint()));
        }
    }

    private static String name(Site site) {
        return site.call() == 0 ? site.path() : site.id();
    }

    /**
     * Returns the ranges of a calibration in the form that files hold.
     *
     * @param keptFloat sites to leave out, so that they stay float the next time too
     */
    static ActivationRanges toSave(Map<String, QuantParams> ranges, List<Site> sites, Set<String> keptFloat, int top) {
        Map<String, ActivationRange> inputs = new LinkedHashMap<>();
        Map<String, ActivationRange> outputs = new LinkedHashMap<>();
        for (Site site : sites) {
            if (!keptFloat.contains(site.id())) {
                save(inputs, name(site), ranges.get(site.input()));
                save(outputs, name(site), ranges.get(site.output()));
            }
        }
        return new ActivationRanges(inputs, outputs, top);
    }

    private static void save(Map<String, ActivationRange> to, String name, @Nullable QuantParams range) {
        if (range != null) {
            to.put(name, new ActivationRange(range.scale(), range.zeroPoint()));
        }
    }
}
