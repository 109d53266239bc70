package org.quantvoice.internal.quantize;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.WeightFormat;

/**
 * The part of a recipe that a graph of one length needs: a model may run some of its modules at some lengths only, and a recipe
 * that names one of them fits it all the same.
 */
public final class PresentModules {
    private PresentModules() {}

    /** Returns the names in a recipe of modules and of formats of weights. */
    public static Set<String> names(QuantRecipe recipe) {
        Set<String> names = new LinkedHashSet<>(recipe.dynamicModules());
        names.addAll(recipe.weights().keySet());
        return names;
    }

    /** Returns a recipe of dynamic modules with the names of modules that a graph runs. */
    public static QuantRecipe of(QuantRecipe recipe, Graph graph) {
        Set<String> present = names(recipe);
        present.removeIf(name -> !runs(graph, name));
        return only(recipe, present);
    }

    /** Returns a recipe of dynamic modules with some of its names. */
    public static QuantRecipe only(QuantRecipe recipe, Set<String> names) {
        List<String> modules =
                recipe.dynamicModules().stream().filter(names::contains).toList();
        QuantRecipe present = new QuantRecipe(
                        List.of(), modules, recipe.observer(), recipe.guard(), Map.of(), recipe.ranges())
                .withRules(recipe.rules());
        for (Map.Entry<String, WeightFormat> format : recipe.weights().entrySet()) {
            if (names.contains(format.getKey())) {
                present = present.withWeights(format.getKey(), format.getValue());
            }
        }
        return present;
    }

    private static boolean runs(Graph graph, String name) {
        return !DynamicLayers.covered(graph, name).isEmpty()
                || QuantizableLayers.of(graph).stream().anyMatch(n -> Quantizer.covers(name, n.path()));
    }
}
