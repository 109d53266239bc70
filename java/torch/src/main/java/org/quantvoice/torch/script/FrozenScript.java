package org.quantvoice.torch.script;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.FunctionVector;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.StringVectorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A module after freezing: each exported method is one graph without calls, weights are constants, and code for
 * training is gone. Nodes still know their module. The object lives in the {@link TorchCall} that it was made in, and
 * shares its weights with the original.
 */
public final class FrozenScript {
    /**
     * The code of a {@code forward} for streaming models that have none: it turns the features of a whole utterance
     * into log-probs.
     */
    private static final String WHOLE_UTTERANCE = "def forward(self, xs: Tensor) -> Tensor:\n"
            + "    return self.ctc_activation(self.forward_encoder_chunk(xs, 0, 0)[0])\n";

    private final JitModule module;
    private final List<String> methods;
    private final Map<String, String> typeOfPath;
    private final List<String> paths;

    private FrozenScript(JitModule module, List<String> methods, Map<String, String> typeOfPath) {
        this.module = module;
        this.methods = methods;
        this.typeOfPath = typeOfPath;
        this.paths = List.copyOf(typeOfPath.keySet());
    }

    /** Inlines the methods of {@code original} in place (which changes no result) and freezes a copy of it. */
    public static FrozenScript of(JitModule original, ModuleTree tree) {
        if (!original.find_method("forward").has_value()) {
            original.define(WHOLE_UTTERANCE); // libtorch freezes only modules that have a forward
        }
        List<String> methods = new ArrayList<>();
        FunctionVector functions = original.type().methods();
        for (long i = 0; i < functions.size(); i++) {
            methods.add(Libtorch.text(functions.get(i).name()));
        }
        GraphInliner inliner = new GraphInliner(tree);
        StringVector kept = new StringVector();
        for (String method : methods) {
            inliner.inline(original.get_method(method).graph());
            if (!method.equals("forward")) {
                kept.push_back(new BytePointer(method));
            }
        }
        Map<String, String> types = new LinkedHashMap<>();
        tree.paths().forEach(path -> types.put(path, tree.type(path)));
        boolean foldBatchNorms = false; // folding them would change the last bits of results
        return new FrozenScript(torch.freeze(original, new StringVectorOptional(kept), foldBatchNorms), methods, types);
    }

    public JitModule module() {
        return module;
    }

    public List<String> methods() {
        return methods;
    }

    public Graph graph(String method) {
        return module.get_method(method).graph();
    }

    /**
     * Returns the dotted path of the module that a node comes from; it is empty for the model itself and for nodes made
     * by libtorch.
     */
    public String owner(JitNode node) {
        return Ir.owner(node).map(paths::get).orElse("");
    }

    /** Returns the short type name of a module. */
    public String type(String path) {
        return typeOfPath.getOrDefault(path, "");
    }
}
