package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;

/**
 * The ranges of all parts of a streaming model as one set. A layer has its path, as in other models; if an earlier part runs
 * the same layer, then {@code @} and the number of the part behind it, since each part sees other values.
 */
public final class PartRanges {
    /** Each part has a map from a layer's path to what it is called. */
    private final List<Map<String, String>> names = new ArrayList<>();

    /** @param parts always in the same order; float or quantized */
    PartRanges(List<Graph> parts) {
        Set<String> taken = new HashSet<>();
        for (Graph part : parts) {
            Map<String, String> mine = new LinkedHashMap<>();
            for (Node layer : QuantizableLayers.of(part)) {
                String path = layer.path();
                mine.put(path, taken.contains(path) ? path + "@" + names.size() : path);
            }
            taken.addAll(mine.keySet());
            names.add(mine);
        }
    }

    /** The ranges of one part, by path; as many as are known. */
    ActivationRanges of(int part, ActivationRanges known) {
        Map<String, ActivationRange> ranges = new LinkedHashMap<>();
        names.get(part).forEach((path, name) -> {
            ActivationRange range = known.byLayer().get(name);
            if (range != null) {
                ranges.put(path, range);
            }
        });
        return new ActivationRanges(ranges, Map.of(), known.levels());
    }

    /** The ranges of all parts as one set, in the levels that they share. */
    ActivationRanges together(List<ActivationRanges> found) {
        Map<String, ActivationRange> ranges = new LinkedHashMap<>();
        for (int i = 0; i < found.size(); i++) {
            Map<String, String> named = names.get(i);
            found.get(i).byLayer().forEach((path, range) -> ranges.put(named.getOrDefault(path, path), range));
        }
        return new ActivationRanges(ranges, Map.of(), found.get(0).levels());
    }
}
