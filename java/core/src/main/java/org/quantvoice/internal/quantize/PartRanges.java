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
 * The ranges of all parts of a streaming model as one set. A layer is named by its path, as in other models. If an
 * earlier part runs the same layer, {@code @} and the number of the part are appended, because each part's layer
 * receives other values.
 */
public final class PartRanges {
    /** For each part a map from a layer's path to its name in the set. */
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

    /** Returns the name of a layer of a part among those of all parts. */
    String name(int part, String path) {
        return names.get(part).getOrDefault(path, path);
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

    /** Returns the ranges of all parts as one set, with the levels that all of them have. */
    ActivationRanges together(List<ActivationRanges> found) {
        Map<String, ActivationRange> ranges = new LinkedHashMap<>();
        for (int i = 0; i < found.size(); i++) {
            Map<String, String> named = names.get(i);
            found.get(i).byLayer().forEach((path, range) -> ranges.put(named.getOrDefault(path, path), range));
        }
        return new ActivationRanges(ranges, Map.of(), found.get(0).levels());
    }
}
