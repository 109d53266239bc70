package org.quantvoice.torch;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.quantvoice.error.UnknownModuleException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.quant.QuantRecipe;
import org.quantvoice.quant.QuantReport.Method;

/**
 * Which modules a recipe makes static or dynamic. A name covers itself and everything below it; where names overlap the longer
 * one decides.
 */
final class Selection {
    private final List<String> statics;
    private final List<String> dynamics;

    private Selection(List<String> statics, List<String> dynamics) {
        this.statics = statics;
        this.dynamics = dynamics;
    }

    /**
     * @throws UnknownModuleException if the model lacks a name
     * @throws UnsupportedOperatorException if nothing at or below a name can be quantized by the method asked for
     */
    static Selection of(QuantRecipe recipe, ModuleTree tree) {
        recipe.staticModules().forEach(name -> check(name, "static", tree));
        recipe.dynamicModules().forEach(name -> check(name, "dynamic", tree));
        for (String name : recipe.staticModules()) {
            if (recipe.dynamicModules().contains(name)) {
                throw new UnsupportedOperatorException(
                        "module '" + name + "' as static and as dynamic", "one method a module", "name it once");
            }
        }
        return new Selection(recipe.staticModules(), recipe.dynamicModules());
    }

    private static void check(String name, String method, ModuleTree tree) {
        if (!tree.paths().contains(name)) {
            throw new UnknownModuleException(
                    method + " module '" + name + "'",
                    "a module of the model; near names: " + String.join(", ", NearNames.of(name, tree.paths())),
                    "list the modules with inspect");
        }
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

    /** What a layer at a path is to become. */
    Optional<Method> method(String path) {
        Optional<String> fixed = longest(statics, path);
        Optional<String> dynamic = longest(dynamics, path);
        if (fixed.isEmpty() && dynamic.isEmpty()) {
            return Optional.empty();
        }
        boolean isStatic = fixed.map(String::length).orElse(-1)
                > dynamic.map(String::length).orElse(-1);
        return Optional.of(isStatic ? Method.STATIC : Method.DYNAMIC);
    }

    /** The static module whose inside is int8 and which a path belongs to: the outermost one that covers it. */
    Optional<String> island(String path) {
        return statics.stream()
                .filter(name -> ModuleTree.covers(name, path))
                .min(Comparator.comparingInt(String::length));
    }

    private static Optional<String> longest(List<String> names, String path) {
        return names.stream()
                .filter(name -> ModuleTree.covers(name, path))
                .max(Comparator.comparingInt(String::length));
    }
}
