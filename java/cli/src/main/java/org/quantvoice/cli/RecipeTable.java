package org.quantvoice.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.terminal.TextTable;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.ModelInfo;

/** Evaluations of one model under several recipes, side by side. */
final class RecipeTable {
    private final String model;
    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    private final TextTable table =
            new TextTable("recipe", "engine", "WER %", "CER %", "RTF, model", "RTF, whole", "MB");

    RecipeTable(String model) {
        this.model = model;
    }

    void add(String recipe, Evaluation result) {
        ModelInfo info = result.info();
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("recipe", recipe);
        row.putAll(Documents.run(model, info));
        result.addTo(row);
        rows.add(row);
        table.row(
                recipe,
                info.engine()
                        + info.backend().map(Backend::name).map(b -> " " + b).orElse(""),
                number("%.2f", result.words().percent()),
                number("%.2f", result.characters().percent()),
                number("%.4f", result.speed().encoder()),
                number("%.4f", result.speed().whole()),
                number("%.2f", result.modelBytes() / 1e6));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    String markdown() {
        return table.markdown();
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("model", model);
        map.put("rows", rows);
        return map;
    }
}
