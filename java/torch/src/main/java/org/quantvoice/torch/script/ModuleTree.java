package org.quantvoice.torch.script;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NamedJitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.named_module_iterator;
import org.bytedeco.pytorch.named_module_list;
import org.bytedeco.pytorch.parameter_iterator;
import org.bytedeco.pytorch.parameter_list;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.quant.QuantReport.Method;

/**
 * The modules of a TorchScript model by dotted path, parents before children. Its {@link JitModule}s live as long as
 * the {@link TorchCall} that it was made in.
 */
public final class ModuleTree {
    private final Map<String, JitModule> modules = new LinkedHashMap<>();

    public ModuleTree(JitModule root) {
        named_module_list list = root.named_modules();
        for (named_module_iterator it = list.begin(), end = list.end(); it.notEquals(end); it.increment()) {
            NamedJitModule named = it.access();
            modules.put(Libtorch.text(named.name()), new JitModule(named.value()));
        }
    }

    public List<String> paths() {
        return List.copyOf(modules.keySet());
    }

    public JitModule module(String path) {
        JitModule found = modules.get(path);
        if (found == null) {
            throw new IllegalArgumentException("no module '" + path + "'");
        }
        return found;
    }

    /** Returns the class name without package and mangling, e.g. {@code Conv1d}. */
    public String type(String path) {
        String qualified = Libtorch.text(module(path).type().str());
        return qualified.substring(qualified.lastIndexOf('.') + 1);
    }

    /** Returns whether {@code path} is {@code name} or lies below it. */
    public static boolean covers(String name, String path) {
        return name.isEmpty() || path.equals(name) || path.startsWith(name + ".");
    }

    /** Returns the quantization methods that some module at or below a path can take. */
    public List<String> methods(String name) {
        Set<Method> methods = EnumSet.noneOf(Method.class);
        for (String path : modules.keySet()) {
            if (covers(name, path)) {
                LayerKind.ofType(type(path)).ifPresent(kind -> methods.addAll(kind.methods()));
            }
        }
        return methods.stream().map(LayerKind::name).sorted().toList();
    }

    public List<ModuleInfo> describe() {
        List<ModuleInfo> all = new ArrayList<>();
        for (String path : modules.keySet()) {
            long numbers = 0;
            long bytes = 0;
            parameter_list parameters = module(path).parameters();
            for (parameter_iterator it = parameters.begin(), end = parameters.end();
                    it.notEquals(end);
                    it.increment()) {
                Tensor p = it.multiply();
                numbers += p.numel();
                bytes += p.numel() * p.element_size();
            }
            all.add(new ModuleInfo(path, type(path), weightShape(path), numbers, bytes, methods(path)));
        }
        return all;
    }

    private List<Long> weightShape(String path) {
        JitModule module = module(path);
        if (!module.hasattr("weight")) {
            return List.of();
        }
        IValue weight = module.attr("weight");
        if (!weight.isTensor()) {
            return List.of();
        }
        Tensor tensor = weight.toTensor();
        List<Long> shape = new ArrayList<>();
        for (long axis = 0; axis < tensor.dim(); axis++) {
            shape.add(tensor.size(axis));
        }
        return shape;
    }
}
