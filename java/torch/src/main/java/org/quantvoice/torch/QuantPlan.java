package org.quantvoice.torch;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Value;
import org.quantvoice.quant.QuantReport.Method;
import org.quantvoice.torch.LayerKind.Packed;
import org.quantvoice.torch.graph.PackedNames;

/** What calibration decided, and the packed weights that all rewritten graphs of a module share as its attributes. */
final class QuantPlan {
    private final JitModule module;
    private final QuantScheme scheme;
    private final Map<String, QuantParams> ranges;
    private final Set<String> keptFloat;
    private final Map<String, String> attributeOfPath = new HashMap<>();

    /**
     * @param module gets the attributes
     * @param ranges by {@link Site#input()} and {@link Site#output()}
     * @param keptFloat {@link Site#id()}s
     */
    QuantPlan(JitModule module, QuantScheme scheme, Map<String, QuantParams> ranges, Set<String> keptFloat) {
        this.module = module;
        this.scheme = scheme;
        this.ranges = ranges;
        this.keptFloat = keptFloat;
    }

    QuantScheme scheme() {
        return scheme;
    }

    /** Also true for a static site that {@code forward} does not have, so that calibration saw nothing of it. */
    boolean keptFloat(Site site) {
        boolean unseen = site.method() == Method.STATIC && !ranges.containsKey(site.output());
        return unseen || keptFloat.contains(site.id());
    }

    QuantParams range(String tap) {
        QuantParams range = ranges.get(tap);
        if (range == null) {
            throw RangeObserver.nothingSeen();
        }
        return range;
    }

    /** The packed weights of a site, fetched before {@code place}; empty if its layer has none. */
    Optional<Value> packed(Site site, JitNode place) {
        String attribute = attributeOfPath.get(site.path());
        if (attribute == null) {
            Optional<Packed> packed = site.kind().pack(site.node(), scheme.perChannel());
            if (packed.isEmpty()) {
                return Optional.empty();
            }
            attribute = freeName(site.path());
            module.register_attribute(
                    attribute, packed.get().type(), packed.get().value());
            attributeOfPath.put(site.path(), attribute);
        }
        Graph graph = place.owningGraph();
        graph.setInsertPoint(place);
        return Optional.of(graph.insertGetAttr(graph.inputs().at(0), attribute));
    }

    private String freeName(String path) {
        String name = PackedNames.attribute(path);
        while (module.hasattr(name)) {
            name += "_";
        }
        return name;
    }
}
