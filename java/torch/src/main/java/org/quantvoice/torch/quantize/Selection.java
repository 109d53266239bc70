package org.quantvoice.torch.quantize;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.text.NearNames;
import org.quantvoice.quant.QuantReport.Method;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.torch.script.LayerKind;
import org.quantvoice.torch.script.ModuleTree;

/**
 * Knows which modules a recipe makes static, dynamic or float16. A name covers its module and everything below it;
 * where names overlap, the longer one decides.
 */
public final class Selection {
    private final QuantRecipe recipe;

    private Selection(QuantRecipe recipe) {
        this.recipe = recipe;
    }

    /**
     * @throws QuantizationException if the model lacks a name
     * @throws UnsupportedOperatorException if nothing at or below a name can be quantized by the method asked for
     */
    static Selection of(QuantRecipe recipe, ModuleTree tree) {
        for (String name : recipe.staticModules()) {
            check(name, Method.STATIC, tree);
            if (recipe.dynamicModules().contains(name)) {
                throw new UnsupportedOperatorException(
                        "module '" + name + "' as static and as dynamic", "one method a module", "name it once");
            }
        }
        for (String name : recipe.dynamicModules()) {
            boolean half = recipe.weightsOf(name).equals(WeightFormat.BFLOAT16);
            check(name, half ? Method.FLOAT16 : Method.DYNAMIC, tree);
        }
        recipe.weights().keySet().forEach(name -> requireKnown("weights of module", name, tree));
        return new Selection(recipe);
    }

    private static void check(String name, Method wanted, ModuleTree tree) {
        String method = LayerKind.name(wanted);
        requireKnown(method + " module", name, tree);
        List<String> possible = tree.methods(name);
        if (!possible.contains(method)) {
            throw new UnsupportedOperatorException(
                    "module '" + name + "' (" + tree.type(name) + ") as " + method,
                    possible.isEmpty()
                            ? "a module with a layer that can be int8 in or below it; it has none"
                            : "a method that can take it: " + String.join(", ", possible),
                    possible.isEmpty() ? "leave it float" : "name it under " + possible.get(0));
        }
    }

    private static void requireKnown(String what, String name, ModuleTree tree) {
        if (!tree.paths().contains(name)) {
            throw new QuantizationException(
                    what + " '" + name + "'",
                    "a module of the model; near names: " + String.join(", ", NearNames.of(name, tree.paths())),
                    "list the modules with inspect");
        }
    }

    /** Returns the method by which a layer at a path is quantized, or empty if it stays float. */
    Optional<Method> method(String path) {
        int fixed = longest(recipe.staticModules(), path);
        int dynamic = longest(recipe.dynamicModules(), path);
        WeightFormat format = recipe.weightsOf(path);
        if (Math.max(fixed, dynamic) < 0 || format.equals(WeightFormat.FLOAT)) {
            return Optional.empty();
        }
        if (format.equals(WeightFormat.BFLOAT16)) {
            return Optional.of(Method.FLOAT16);
        }
        return Optional.of(fixed > dynamic ? Method.STATIC : Method.DYNAMIC);
    }

    /** Returns the outermost static module that covers a path. Tensors inside of it stay int8 between layers. */
    Optional<String> island(String path) {
        return recipe.staticModules().stream()
                .filter(name -> ModuleTree.covers(name, path))
                .min(Comparator.comparingInt(String::length));
    }

    /** Returns the length of the longest name that covers a path, or -1 if none does. */
    private static int longest(List<String> names, String path) {
        return names.stream()
                .filter(name -> ModuleTree.covers(name, path))
                .mapToInt(String::length)
                .max()
                .orElse(-1);
    }
}
