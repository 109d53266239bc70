package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.torch.QatResult;

/**
 * A training as text and as JSON. Not in the command: picocli looks at all methods of a command, so theirs may name no type of
 * the artifact quantvoice-torch, without which {@code qv} must start.
 */
record QatDocuments(QatResult result, Path model, Path output, int bits) {

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("model", model.toString());
        map.put("output", output.toString());
        map.put("bits", bits);
        map.put("layers", result.layers());
        map.put("end", end());
        map.put("best", result.best());
        map.put("epochs", result.epochs().stream().map(QatDocuments::epoch).toList());
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
                result.layers(),
                bits,
                result.best(),
                end());
        return table + last;
    }

    private String end() {
        return result.end().name().toLowerCase(Locale.ROOT);
    }
}
