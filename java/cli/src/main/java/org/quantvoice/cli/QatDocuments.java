package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.terminal.TextTable;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.torch.train.QatResult;

/**
 * The result of a training as text and as JSON. This class is apart from the command because picocli looks at all
 * methods of a command, and these may name no type of the artifact quantvoice-torch, without which {@code qv} must
 * start.
 */
record QatDocuments(QatResult result, Path model, Path output, Optional<Path> ranges, int bits) {

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("model", model.toString());
        map.put("output", output.toString());
        map.put("bits", bits);
        map.put("ranges", ranges.map(Path::toString).orElse(null));
        map.put("layers", result.layers().size());
        map.put("end", end());
        map.put("best", result.best());
        map.put("epochs", result.epochs().stream().map(QatDocuments::epoch).toList());
        map.put("report", result.layers().stream().map(this::layer).toList());
        return map;
    }

    private Map<String, @Nullable Object> layer(QatResult.Layer layer) {
        ActivationRange input = result.ranges().byLayer().get(layer.path());
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("path", layer.path());
        map.put("type", layer.type());
        map.put("weights", layer.weights());
        map.put("bits", bits);
        map.put("inputScale", input == null ? null : input.scale());
        map.put("inputZeroPoint", input == null ? null : input.zeroPoint());
        return map;
    }

    private static Map<String, @Nullable Object> epoch(QatResult.Epoch epoch) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("number", epoch.number());
        map.put("trainLoss", Double.isFinite(epoch.trainLoss()) ? epoch.trainLoss() : null);
        map.put("heldOutLoss", Double.isFinite(epoch.heldOutLoss()) ? epoch.heldOutLoss() : null);
        map.put("heldOutErrors", epoch.heldOutErrors());
        return map;
    }

    String text() {
        TextTable table = new TextTable("epoch", "training loss", "held-out loss", "wrong tokens %");
        result.epochs()
                .forEach(e -> table.row(
                        e.number() == 0 ? "(rounded)" : String.valueOf(e.number()),
                        Double.isNaN(e.trainLoss()) ? "-" : String.format(Locale.ROOT, "%.4f", e.trainLoss()),
                        String.format(Locale.ROOT, "%.4f", e.heldOutLoss()),
                        String.format(Locale.ROOT, "%.2f", e.heldOutErrors())));
        String last = String.format(
                Locale.ROOT,
                "%s: %d layers of %d bits, weights of epoch %d; %s%n",
                output,
                result.layers().size(),
                bits,
                result.best(),
                end());
        return table
                + last
                + ranges.map(file -> String.format(Locale.ROOT, "%s: ranges of their inputs%n", file))
                        .orElse("");
    }

    private String end() {
        return result.end().name().toLowerCase(Locale.ROOT);
    }
}
