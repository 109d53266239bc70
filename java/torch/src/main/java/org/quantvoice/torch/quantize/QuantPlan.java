package org.quantvoice.torch.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Value;
import org.quantvoice.torch.operators.PackedNames;
import org.quantvoice.torch.script.LayerKind.Packed;
import org.quantvoice.torch.script.QuantParams;
import org.quantvoice.torch.script.QuantScheme;

/**
 * The decisions of calibration, and the packed weights that all rewritten graphs of a module share as its attributes.
 */
public final class QuantPlan {
    private final JitModule module;
    private final QuantScheme scheme;
    private final Map<String, QuantParams> ranges;
    private final Set<String> keptFloat;
    private final Map<String, List<String>> attributesOfPath = new HashMap<>();

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

    /**
     * Returns whether a site stays float. That includes a calibrated site which calibration never observed because
     * {@code forward} does not run it.
     */
    boolean keptFloat(Site site) {
        boolean unseen = site.isCalibrated() && !ranges.containsKey(site.output());
        return unseen || keptFloat.contains(site.id());
    }

    QuantParams range(String tap) {
        QuantParams range = ranges.get(tap);
        if (range == null) {
            throw RangeObserver.nothingSeen(tap);
        }
        return range;
    }

    /**
     * Inserts nodes before {@code place} that fetch the packed weights of a site, and returns these; empty if its layer
     * has none.
     */
    List<Value> packed(Site site, JitNode place) {
        Graph graph = place.owningGraph();
        List<Value> fetched = new ArrayList<>();
        for (String attribute : attributesOfPath.computeIfAbsent(site.path(), path -> register(site))) {
            graph.setInsertPoint(place);
            fetched.add(graph.insertGetAttr(graph.inputs().at(0), attribute));
        }
        return fetched;
    }

    private List<String> register(Site site) {
        List<String> attributes = new ArrayList<>();
        for (Packed packed : site.kind().pack(site.node(), site.method(), scheme)) {
            String attribute = freeName(site.path());
            module.register_attribute(attribute, packed.type(), packed.value());
            attributes.add(attribute);
        }
        return attributes;
    }

    private String freeName(String path) {
        String name = PackedNames.attribute(path);
        while (module.hasattr(name)) {
            name += "_";
        }
        return name;
    }
}
