package org.quantvoice.cli.tuning;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.TuningReport;

/** Writes as JSON how a budget was spent. The keys are a contract: see docs/cli.md. */
public final class TuningDocuments {
    private TuningDocuments() {}

    public static void addTo(Map<String, @Nullable Object> map, TuningReport report) {
        addTo(map, report, TuningDocuments::layer);
    }

    /** Adds a report with the times of each layer. */
    public static void addTo(Map<String, @Nullable Object> map, TuningReport report, LayerTimes times) {
        addTo(map, report, layer -> {
            Map<String, @Nullable Object> timed = layer(layer);
            timed.put("nanosBefore", times.before(layer.path()));
            timed.put("nanosAfter", times.after(layer.path()));
            return timed;
        });
    }

    public static Map<String, Object> point(BudgetPoint point) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("bytes", point.bytes());
        map.put("meanBits", point.meanBits());
        map.put("wer", point.wer());
        return map;
    }

    private static void addTo(
            Map<String, @Nullable Object> map,
            TuningReport report,
            Function<TuningReport.Layer, Map<String, @Nullable Object>> layer) {
        map.put("budgetBytes", report.size().map(DataSize::bytes).orElse(null));
        map.put(
                "averageBits",
                report.averageBits().isPresent() ? report.averageBits().getAsDouble() : null);
        map.put("fileBytes", report.fileBytes());
        map.put("memoryBytes", report.memoryBytes());
        map.put("smallestBytes", report.smallestBytes());
        map.put("int8Bytes", report.int8Bytes());
        map.put("meanBits", report.meanBits());
        map.put("sensitivity", report.sensitivity().name());
        map.put("calibration", report.objective().name());
        map.put("scheme", report.scheme().name());
        map.put("recordings", report.recordings());
        map.put("layers", report.layers().stream().map(layer).toList());
    }

    private static Map<String, @Nullable Object> layer(TuningReport.Layer layer) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("path", layer.path());
        map.put("type", layer.type());
        map.put("weights", layer.weights());
        map.put("format", layer.format().toString());
        map.put("bits", layer.format().bits());
        map.put("bytesBefore", layer.bytesBefore());
        map.put("bytesAfter", layer.bytesAfter());
        map.put("sqnr", Double.isFinite(layer.sqnr()) ? layer.sqnr() : null);
        Map<String, Double> statistics = new LinkedHashMap<>();
        layer.statistics()
                .values()
                .forEach((s, value) -> statistics.put(s.name().toLowerCase(Locale.ROOT), value));
        map.put("statistics", statistics);
        map.put("low", layer.statistics().low());
        map.put("high", layer.statistics().high());
        map.put("histogram", layer.statistics().counts());
        return map;
    }
}
