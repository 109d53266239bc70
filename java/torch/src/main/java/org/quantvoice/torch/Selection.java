package org.quantvoice.torch;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.UnknownModuleException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.quant.QuantRecipe;
import org.quantvoice.quant.QuantReport.Method;

/**
 * Which modules a recipe makes static, dynamic or float16. A name covers itself and everything below it; where names overlap the longer
 * one decides.
 */
final class Selection {
    private final Map<Method, List<String>> names;

    private Selection(Map<Method, List<String>> names) {
        this.names = names;
    }

    /**
     * @throws UnknownModuleException if the model lacks a name
     * @throws UnsupportedOperatorException if nothing at or below a name can be quantized by the method asked for
     */
    static Selection of(Map<Method, List<String>> names, ModuleTree tree) {
        Map<String, Method> known = new HashMap<>();
        names.forEach((method, modules) -> modules.forEach(name -> {
            check(name, LayerKind.name(method), tree);
            Method other = known.put(name, method);
            if (other != null && other != method) {
                throw new UnsupportedOperatorException(
                        "module '" + name + "' as " + LayerKind.name(other) + " and as " + LayerKind.name(method),
                        "one method a module",
                        "name it once");
            }
        }));
        return new Selection(names);
    }

    /** What a recipe names. */
    static Map<Method, List<String>> names(QuantRecipe recipe) {
        Map<Method, List<String>> names = new EnumMap<>(Method.class);
        names.put(Method.STATIC, recipe.staticModules());
        names.put(Method.DYNAMIC, recipe.dynamicModules());
        return names;
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
        return names.entrySet().stream()
                .filter(e -> longest(e.getValue(), path) >= 0)
                .max(Comparator.comparingInt(e -> longest(e.getValue(), path)))
                .map(Map.Entry::getKey);
    }

    /** The static module whose inside is int8 and which a path belongs to: the outermost one that covers it. */
    Optional<String> island(String path) {
        return names.getOrDefault(Method.STATIC, List.of()).stream()
                .filter(name -> ModuleTree.covers(name, path))
                .min(Comparator.comparingInt(String::length));
    }

    /** Length of the longest name that covers a path; -1 if none does. */
    private static int longest(List<String> names, String path) {
        return names.stream()
                .filter(name -> ModuleTree.covers(name, path))
                .mapToInt(String::length)
                .max()
                .orElse(-1);
    }
}
