package org.quantvoice.torch.operators;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.module_list;
import org.quantvoice.error.UnsupportedOperatorException;

/** Finds all operators of a model that the importer lacks, so that one exception names them together. */
public final class MissingOperators {
    private static final Pattern CALL = Pattern.compile("= ((?:aten|quantized)::\\w+)\\(");

    private MissingOperators() {}

    /**
     * Returns a refusal that also names the other operators which the code of the model's modules calls and the graph
     * lacks.
     */
    public static UnsupportedOperatorException named(UnsupportedOperatorException refusal, JitModule module) {
        Map<String, Integer> others = of(module);
        others.keySet().removeIf(kind -> refusal.got().contains(kind + " "));
        if (others.isEmpty()) {
            return refusal;
        }
        String list = others.entrySet().stream()
                .map(e -> e.getKey() + (e.getValue() > 1 ? " (" + e.getValue() + " calls)" : ""))
                .collect(Collectors.joining(", "));
        return new UnsupportedOperatorException(
                refusal.got() + "; the graph also lacks " + list, refusal.expected(), refusal.cure(), refusal);
    }

    private static Map<String, Integer> of(JitModule module) {
        Map<String, Integer> missing = new TreeMap<>();
        module_list modules = module.modules();
        var end = modules.end();
        for (var each = modules.begin(); each.notEquals(end); each.increment()) {
            Function forward = each.access().type().findMethod("forward");
            GraphFunction code = forward == null || forward.isNull() ? null : torch.tryToGraphFunction(forward);
            if (code != null && !code.isNull()) {
                count(code.graph().toString(), missing);
            }
        }
        return missing;
    }

    private static void count(String listing, Map<String, Integer> missing) {
        Matcher call = CALL.matcher(listing);
        while (call.find()) {
            if (!Operators.knows(call.group(1))) {
                missing.merge(call.group(1), 1, Integer::sum);
            }
        }
    }
}
