package org.quantvoice.internal.onnx.operators;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.internal.onnx.read.OnnxNode;
import org.quantvoice.internal.onnx.values.Operand;

/**
 * Finds the dotted paths of the modules that nodes come from: in a parameter's name if the node has one, else in the
 * node's own name (PyTorch's older exporter writes {@code /encoder/layers.0/linear/MatMul}), else in the scopes that
 * PyTorch's newer exporter records.
 */
final class Paths {
    private static final Pattern PARAMETER = Pattern.compile(
            "(.+)\\.(weight|bias|weight_v|weight_g|weight_quantized|bias_quantized|running_mean|running_var)"
                    + "([._].*)?");
    private static final String SCOPES = "pkg.torch.onnx.name_scopes";
    private static final Pattern SCOPE = Pattern.compile("'([^']*)'");
    private static final Pattern GENERATED = Pattern.compile("(onnx::|val_|_v_|/|node_).*|[0-9]+");

    private Paths() {}

    static String of(OnnxNode node, List<Operand> operands) {
        return ofParameter(node)
                .or(() -> ofName(node.name()))
                .or(() -> ofScopes(node))
                .orElse("");
    }

    private static Optional<String> ofParameter(OnnxNode node) {
        for (String input : node.inputs()) {
            Matcher matcher = PARAMETER.matcher(input);
            if (matcher.matches() && !GENERATED.matcher(input).matches()) {
                return Optional.of(matcher.group(1));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> ofName(String name) {
        int end = name.lastIndexOf('/');
        String path = end < 0 ? "" : name.substring(0, end).replace('/', '.').replaceAll("^\\.+", "");
        return Optional.of(path).filter(p -> !p.isEmpty());
    }

    /** Reads a list of scopes as Python prints it; the last one is the operator itself. */
    private static Optional<String> ofScopes(OnnxNode node) {
        String text = node.metadata().getOrDefault(SCOPES, "");
        Matcher scopes = SCOPE.matcher(text);
        String path = "";
        String last = "";
        while (scopes.find()) {
            path = last;
            last = scopes.group(1);
        }
        return Optional.of(path).filter(p -> !p.isEmpty());
    }
}
