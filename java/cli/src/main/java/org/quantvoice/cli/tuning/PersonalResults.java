package org.quantvoice.cli.tuning;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.quantvoice.cli.report.Charts;
import org.quantvoice.cli.report.Page;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.TuningReport;

/** Word error rates of models tuned on one speaker and tested on one. */
public final class PersonalResults {
    public static final String[] TITLES = {
        "budgetBytes", "seed", "tunedOn", "testedOn", "wer", "errors", "words", "fileBytes", "memoryBytes", "meanBits"
    };

    private final List<Row> rows = new ArrayList<>();

    /** One model on one speaker. */
    public record Row(
            DataSize budget,
            long seed,
            String tunedOn,
            String testedOn,
            double wer,
            long errors,
            long words,
            TuningReport report) {

        boolean own() {
            return tunedOn.equals(testedOn);
        }

        public Object[] cells() {
            return new Object[] {
                budget.bytes(),
                seed,
                tunedOn,
                testedOn,
                String.format(Locale.ROOT, "%.4f", wer),
                errors,
                words,
                report.fileBytes(),
                report.memoryBytes(),
                String.format(Locale.ROOT, "%.4f", report.meanBits())
            };
        }
    }

    public Row add(DataSize budget, long seed, String tunedOn, String testedOn, ErrorRate words, TuningReport report) {
        long errors = words.counts().errors();
        Row row = new Row(budget, seed, tunedOn, testedOn, words.percent(), errors, words.referenceLength(), report);
        rows.add(row);
        return row;
    }

    public int size() {
        return rows.size();
    }

    /**
     * Returns one entry per budget with means over the speakers; a budget without results of both kinds yet has none.
     */
    public List<Map<String, Object>> summary() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (DataSize budget : rows.stream().map(Row::budget).distinct().toList()) {
            List<Row> here =
                    rows.stream().filter(r -> r.budget().equals(budget)).toList();
            double own = mean(here.stream().filter(Row::own).toList());
            double others = mean(here.stream().filter(r -> !r.own()).toList());
            if (Double.isNaN(own + others)) {
                continue;
            }
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("budgetBytes", budget.bytes());
            entry.put(
                    "meanBits",
                    here.stream()
                            .mapToDouble(r -> r.report().meanBits())
                            .average()
                            .orElse(Double.NaN));
            entry.put("werOwn", own);
            entry.put("werOthers", others);
            entry.put("results", here.size());
            entry.put("ownAtLeastAsGood", own <= others);
            all.add(entry);
        }
        return all;
    }

    private static double mean(List<Row> some) {
        return some.stream().mapToDouble(Row::wer).average().orElse(Double.NaN);
    }

    public Page page() {
        List<Map<String, Object>> summary = summary();
        List<Double> sizes = summary.stream()
                .map(e -> (long) requireNonNull(e.get("budgetBytes")) / 1e6)
                .toList();
        Page page = new Page("Tuned on one speaker, tested on the own and on others");
        if (!summary.isEmpty()) {
            List<Charts.Line> lines = List.of(
                    new Charts.Line("tuned on the own voice", sizes, values(summary, "werOwn")),
                    new Charts.Line("tuned on another voice", sizes, values(summary, "werOthers")));
            String title = "Word error rate by budget, mean over speakers";
            page.chart(Charts.lines(title, "budget, MB", "WER, %", lines), "word error rate by budget");
        }
        for (DataSize budget : rows.stream().map(Row::budget).distinct().toList()) {
            page.heading("WER in percent at " + budget + ": tuned on (row), tested on (column)");
            page.table(matrix(budget));
        }
        return page;
    }

    private static List<Double> values(List<Map<String, Object>> summary, String key) {
        return summary.stream().map(e -> (Double) e.get(key)).toList();
    }

    private List<List<String>> matrix(DataSize budget) {
        List<Row> here = rows.stream().filter(r -> r.budget().equals(budget)).toList();
        List<String> tested = here.stream().map(Row::testedOn).distinct().toList();
        List<List<String>> table = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(tested);
        table.add(head);
        for (String tuned : here.stream().map(Row::tunedOn).distinct().toList()) {
            List<String> line = new ArrayList<>(List.of(tuned));
            here.stream()
                    .filter(r -> r.tunedOn().equals(tuned))
                    .forEach(r -> line.add(String.format(Locale.ROOT, "%.2f", r.wer())));
            table.add(line);
        }
        return table;
    }
}
