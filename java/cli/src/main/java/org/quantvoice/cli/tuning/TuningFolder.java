package org.quantvoice.cli.tuning;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.terminal.CsvFile;
import org.quantvoice.error.OutputException;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.json.JsonWriter;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.TuningReport;

/** A folder with the report of a tuning: index.html, tuning.json, layers.csv, and pareto.csv where words were tested. */
public final class TuningFolder {
    private final Path folder;

    /**
     * Makes the folder.
     *
     * @throws OutputException if that fails
     */
    public TuningFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new OutputException(
                    folder + ", which cannot be made (" + e + ")",
                    "a folder to write into",
                    "choose another folder",
                    e);
        }
    }

    public void write(TuningReport report, LayerTimes times, List<BudgetPoint> points) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        TuningDocuments.addTo(json, report, times);
        json.put("pareto", points.stream().map(TuningDocuments::point).toList());
        text("tuning.json", JsonWriter.pretty(json) + "\n");
        layers(report, times);
        text("index.html", new TuningPage(report, times).html(points));
    }

    private void text(String name, String content) {
        AtomicFile.write(folder.resolve(name), out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
    }

    /** Begins the file of points. Each point takes minutes to measure, and is on disk as soon as it is known. */
    public CsvFile pareto() {
        return new CsvFile(folder.resolve("pareto.csv"), "budgetBytes", "fileBytes", "meanBits", "wer");
    }

    private void layers(TuningReport report, LayerTimes times) {
        try (CsvFile csv = new CsvFile(
                folder.resolve("layers.csv"),
                "path",
                "type",
                "weights",
                "format",
                "sqnr",
                "bytesBefore",
                "bytesAfter",
                "nanosBefore",
                "nanosAfter",
                "mean",
                "median",
                "max",
                "l1",
                "l2",
                "cosine",
                "kl")) {
            for (TuningReport.Layer l : report.layers()) {
                TuningReport.Statistics s = l.statistics();
                csv.row(
                        l.path(),
                        l.type(),
                        l.weights(),
                        l.format(),
                        Double.isFinite(l.sqnr()) ? l.sqnr() : "",
                        l.bytesBefore(),
                        l.bytesAfter(),
                        times.before(l.path()),
                        times.after(l.path()),
                        s.value(Sensitivity.MEAN),
                        s.value(Sensitivity.MEDIAN),
                        s.value(Sensitivity.MAX),
                        s.value(Sensitivity.L1),
                        s.value(Sensitivity.L2),
                        s.value(Sensitivity.COSINE),
                        s.value(Sensitivity.KL));
            }
        }
    }
}
