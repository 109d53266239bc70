package org.quantvoice.cli.tuning;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.cli.terminal.CsvFile;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.TuningReport;

/** Measures word error rates of models tuned to budgets from the smallest that can be met to that of 8 bits. */
public final class BudgetSweep {
    private final AudioCorpus test;
    private final StopSignal stop;
    private final List<BudgetPoint> points = new ArrayList<>();

    /** Makes a builder of the model tuned to a budget. */
    public interface Tuned {
        QuantSessionBuilder to(DataSize budget);
    }

    public BudgetSweep(AudioCorpus test, StopSignal stop) {
        this.test = test;
        this.stop = stop;
    }

    /** Returns the points that were measured. */
    public List<BudgetPoint> points() {
        return List.copyOf(points);
    }

    /**
     * Measures evenly spaced budgets.
     *
     * @param count 2 or more
     * @param csv makes the file, which is written row by row
     */
    public void run(TuningReport first, int count, Tuned tuned, Supplier<CsvFile> csv) {
        try (CsvFile rows = csv.get()) {
            for (int i = 0; i < count; i++) {
                long budget = first.smallestBytes() + (first.int8Bytes() - first.smallestBytes()) * i / (count - 1);
                try (QuantSession session = tuned.to(new DataSize(budget)).build()) {
                    TuningReport report =
                            session.report().flatMap(QuantReport::tuning).orElseThrow();
                    BudgetPoint point = new BudgetPoint(report.fileBytes(), report.meanBits(), wer(session));
                    points.add(point);
                    rows.row(budget, point.bytes(), point.meanBits(), point.wer());
                }
            }
        }
    }

    private double wer(QuantSession session) {
        ErrorRate words = ErrorRate.words();
        for (AudioCorpus.Item item : test.items()) {
            stop.check("while transcribing");
            words.add(item.text(), session.transcribe(item.file()).text());
        }
        return words.percent();
    }
}
