package org.quantvoice.torch.quantize;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.JitModule;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.quant.QuantReport.Method;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.Ir;
import org.quantvoice.torch.script.LayerKind;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.U2Script;

/**
 * Finds the layers whose operators run. Some layers never do: fused attention uses their weights and not the layers, or
 * the model keeps them from its training. They cannot be quantized.
 */
public final class RunningLayers {
    private final Map<String, Set<Method>> methods = new HashMap<>();

    /** @param original a float module, changed in form, not in what it computes */
    private RunningLayers(JitModule original) {
        FrozenScript script = FrozenScript.of(original, new ModuleTree(original));
        for (String method : methods(script)) {
            Ir.walk(script.graph(method).block(), node -> {
                String path = script.owner(node);
                LayerKind.ofType(script.type(path))
                        .filter(kind -> kind.matches(Ir.kind(node)))
                        .ifPresent(kind -> methods.computeIfAbsent(path, p -> EnumSet.noneOf(Method.class))
                                .addAll(kind.methods()));
            });
        }
    }

    /**
     * Returns the names of the methods that run: a streaming model has several of its own, others have forward alone.
     */
    static List<String> methods(FrozenScript script) {
        return U2Script.matches(script.module()) ? script.methods() : List.of("forward");
    }

    /**
     * Returns the modules of a float model, each with the quantization methods of the running layers at or below it.
     */
    public static List<ModuleInfo> describe(JitModule original) {
        List<ModuleInfo> all = new ModuleTree(original).describe();
        RunningLayers running = new RunningLayers(original);
        return all.stream()
                .map(m -> new ModuleInfo(
                        m.path(), m.type(), m.weightShape(), m.parameters(), m.bytes(), running.possible(m.path())))
                .toList();
    }

    private List<String> possible(String name) {
        return methods.entrySet().stream()
                .filter(layer -> ModuleTree.covers(name, layer.getKey()))
                .flatMap(layer -> layer.getValue().stream())
                .distinct()
                .map(LayerKind::name)
                .sorted()
                .toList();
    }
}
