package org.quantvoice.cli.tuning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.quantvoice.cli.report.Charts;
import org.quantvoice.cli.report.Page;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.TuningReport;

/** Writes the report of a tuning as a page. */
public final class TuningPage {
    private static final double MOST_DECIBELS = 120;

    private final TuningReport report;
    private final LayerTimes times;
    private final List<String> names;

    /**
     * Makes a page.
     *
     * @param times of layers in float and tuned
     */
    TuningPage(TuningReport report, LayerTimes times) {
        this.report = report;
        this.times = times;
        this.names = shortNames(report.layers());
    }

    /** Returns the names of layers without the beginning that all of them share. */
    private static List<String> shortNames(List<TuningReport.Layer> layers) {
        List<String> paths = layers.stream().map(TuningReport.Layer::path).toList();
        List<String> names = new ArrayList<>();
        for (String path : paths) {
            String[] parts = path.split("\\.");
            String name = parts[parts.length - 1];
            for (int i = parts.length - 2; i >= 0 && !unique(name, path, paths); i--) {
                name = parts[i] + "." + name;
            }
            names.add(name);
        }
        return names;
    }

    private static boolean unique(String end, String path, List<String> paths) {
        return paths.stream().filter(p -> !p.equals(path)).noneMatch(p -> p.equals(end) || p.endsWith("." + end));
    }

    String html(List<BudgetPoint> points) {
        Page page = new Page("Mixed precision within " + report.budget());
        page.paragraph(String.format(
                Locale.ROOT,
                "%.2f bits a weight on average. File: %d bytes, weights in memory: at most %d bytes. Sensitivity: %s, "
                        + "calibration: %s, weights: %s, recordings: %d.",
                report.meanBits(),
                report.fileBytes(),
                report.memoryBytes(),
                report.sensitivity(),
                report.objective(),
                report.scheme(),
                report.recordings()));
        charts(page);
        if (!points.isEmpty()) {
            page.heading("Word error rate and size");
            page.chart(pareto(points), "word error rate against size");
        }
        page.heading("Outputs of the float layers");
        page.paragraph("Counts (logarithm) by value, over all recordings.");
        page.small(histograms(), "histogram of a layer's outputs");
        page.heading("Layers");
        page.table(table());
        return page.html();
    }

    private void charts(Page page) {
        Sensitivity measure = report.sensitivity();
        page.heading("Sensitivity");
        page.chart(
                bars(
                        "Sensitivity of each layer (" + measure.name().toLowerCase(Locale.ROOT) + ")",
                        "",
                        Map.of("sensitivity", values(l -> l.statistics().value(measure)))),
                "sensitivity by layer");
        page.heading("Bits");
        page.chart(
                bars("Bits of each layer's weights", "bits", Map.of("bits", values(l -> l.format()
                        .bits()))),
                "bits by layer");
        page.heading("Error");
        page.chart(
                bars(
                        "Signal to quantization noise of each layer's output (no bar: no noise)",
                        "dB",
                        Map.of("SQNR", values(l -> Double.isFinite(l.sqnr()) ? Math.min(l.sqnr(), MOST_DECIBELS) : 0))),
                "error by layer");
        page.heading("Size and time");
        page.chart(
                bars(
                        "Size of each layer in the file",
                        "kB",
                        both(values(l -> l.bytesBefore() / 1e3), values(l -> l.bytesAfter() / 1e3))),
                "size by layer");
        page.chart(
                bars(
                        "Time of each layer on 10 s of noise (layers that run as one count at the first)",
                        "ms",
                        both(values(l -> times.before(l.path()) / 1e6), values(l -> times.after(l.path()) / 1e6))),
                "time by layer");
    }

    private interface Number {
        double of(TuningReport.Layer layer);
    }

    private List<Double> values(Number number) {
        return report.layers().stream().map(number::of).toList();
    }

    private static Map<String, List<Double>> both(List<Double> before, List<Double> after) {
        Map<String, List<Double>> both = new LinkedHashMap<>();
        both.put("float", before);
        both.put("tuned", after);
        return both;
    }

    private String bars(String title, String axis, Map<String, List<Double>> series) {
        return Charts.bars(title, axis, names, series);
    }

    private static String pareto(List<BudgetPoint> points) {
        return Charts.lines(
                "Word error rate against size",
                "file, MB",
                "WER, %",
                List.of(new Charts.Line(
                        "greedy or beam, as chosen",
                        points.stream().map(p -> p.bytes() / 1e6).toList(),
                        points.stream().map(BudgetPoint::wer).toList())));
    }

    private List<String> histograms() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            TuningReport.Statistics s = report.layers().get(i).statistics();
            all.add(Charts.histogram(names.get(i), s.low(), s.high(), s.counts()));
        }
        return all;
    }

    private List<List<String>> table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "layer",
                "type",
                "weights",
                "mean",
                "median",
                "max",
                "SQNR dB",
                "bytes before",
                "bytes after",
                "ms before",
                "ms after"));
        for (TuningReport.Layer l : report.layers()) {
            TuningReport.Statistics s = l.statistics();
            rows.add(List.of(
                    l.path(),
                    l.type(),
                    l.format().toString(),
                    number(s.value(Sensitivity.MEAN)),
                    number(s.value(Sensitivity.MEDIAN)),
                    number(s.value(Sensitivity.MAX)),
                    Double.isFinite(l.sqnr()) ? String.format(Locale.ROOT, "%.1f", l.sqnr()) : "-",
                    Long.toString(l.bytesBefore()),
                    Long.toString(l.bytesAfter()),
                    String.format(Locale.ROOT, "%.3f", times.before(l.path()) / 1e6),
                    String.format(Locale.ROOT, "%.3f", times.after(l.path()) / 1e6)));
        }
        return rows;
    }

    private static String number(Double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
