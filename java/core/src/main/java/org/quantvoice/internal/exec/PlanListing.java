package org.quantvoice.internal.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quantvoice.internal.program.Program;

/**
 * The fused steps of a program, to be listed for people.
 *
 * @param steps in the order in which they run
 * @param fixedSteps those that ran once for this length, before all runs
 * @param arenaBytes working memory of a stream
 * @param scratchBytes working memory of each thread for row groups
 * @param floatOperators operators that stayed float, and why
 * @param peakGops billions of operations a second that the threads reach at most in int8, bfloat16 and float,
 *     measured with the times; 0 where not known, empty before a run
 */
public record PlanListing(
        List<Step> steps,
        List<Step> fixedSteps,
        long arenaBytes,
        long scratchBytes,
        List<FloatOperator> floatOperators,
        List<Double> peakGops) {
    /** Names of the numbers in listings, in the order of {@link Step#numbers}. */
    private static final List<String> NUMBERS = List.of("int8", "bfloat16", "float");

    public PlanListing {
        steps = List.copyOf(steps);
        fixedSteps = List.copyOf(fixedSteps);
        floatOperators = List.copyOf(floatOperators);
        peakGops = List.copyOf(peakGops);
    }

    /**
     * An operator that could multiply integers and does not.
     *
     * @param operator of the model's graph
     * @param path dotted path of its module
     * @param reason why it multiplies floats
     */
    public record FloatOperator(String operator, String path, String reason) {}

    /**
     * One step.
     *
     * @param operator of the executor
     * @param source operator and module path in the model
     * @param group number of the row group whose steps run block by block on a thread; -1 for a step that divides its
     *     own work among threads
     * @param operations multiplications and additions of products; 0 for other steps
     * @param nanos shortest time seen; 0 before a run
     * @param numbers numbers that a product multiplies: 0 int8, 1 bfloat16, 2 float
     */
    public record Step(String operator, String source, int group, long operations, long nanos, int numbers) {

        /** Returns the speed in billions of operations a second; 0 if not known. */
        public double gops() {
            return nanos == 0 ? 0 : (double) operations / nanos;
        }
    }

    static PlanListing of(Program program) {
        List<Step> steps = steps(program.steps());
        List<Step> fixed = steps(program.prologue().steps());
        return new PlanListing(steps, fixed, program.arenaBytes(), program.scratchBytes(), List.of(), List.of());
    }

    private static List<Step> steps(List<Program.Step> steps) {
        return steps.stream()
                .map(s -> new Step(
                        s.op().name().toLowerCase(Locale.ROOT), s.label(), s.group(), s.operations(), 0, s.numbers()))
                .toList();
    }

    PlanListing with(List<FloatOperator> floats) {
        return new PlanListing(steps, fixedSteps, arenaBytes, scratchBytes, floats, peakGops);
    }

    PlanListing with(List<FloatOperator> floats, List<Double> peaks) {
        return new PlanListing(steps, fixedSteps, arenaBytes, scratchBytes, floats, peaks);
    }

    /**
     * Returns the speed of a step in percent of the CPU's peak for the step's numbers; 0 if the step is no product,
     * or the peak is not known.
     */
    public double percentOfPeak(Step step) {
        double peak = peakGops.isEmpty() ? 0 : peakGops.get(step.numbers);
        return peak == 0 ? 0 : 100 * step.gops() / peak;
    }

    PlanListing withTimes(long[] nanos) {
        List<Step> timed = new ArrayList<>();
        for (int i = 0; i < nanos.length; i++) {
            Step s = steps.get(i);
            long best = s.nanos == 0 ? nanos[i] : Math.min(s.nanos, nanos[i]);
            timed.add(new Step(s.operator, s.source, s.group, s.operations, best, s.numbers));
        }
        return new PlanListing(timed, fixedSteps, arenaBytes, scratchBytes, floatOperators, peakGops);
    }

    /**
     * Returns one line for each step: time, share of the whole, speed, percent of peak, operator, source. The float
     * operators follow.
     */
    public String print() {
        double total = steps.stream().mapToLong(Step::nanos).sum();
        StringBuilder text = new StringBuilder();
        for (Step s : steps) {
            double percent = percentOfPeak(s);
            text.append(String.format(
                    Locale.ROOT,
                    "%10.3f ms %5.1f %% %8.1f GOPS %13s  %3s %-15s %s%n",
                    s.nanos / 1e6,
                    total == 0 ? 0 : 100 * s.nanos / total,
                    s.gops(),
                    percent == 0 ? "" : String.format(Locale.ROOT, "%.0f %% %s", percent, NUMBERS.get(s.numbers)),
                    s.group < 0 ? "" : s.group,
                    s.operator,
                    s.source));
        }
        text.append(String.format(
                Locale.ROOT,
                "%10.3f ms in all, arena %.1f MB, scratch %.1f KB a thread%n",
                total / 1e6,
                arenaBytes / 1e6,
                scratchBytes / 1e3));
        fixedSteps.forEach(
                s -> text.append(String.format(Locale.ROOT, "once a length: %-15s %s%n", s.operator, s.source)));
        for (int i = 0; i < peakGops.size(); i++) {
            if (peakGops.get(i) > 0) {
                text.append(String.format(
                        Locale.ROOT, "peak of %s, measured: %.0f GOPS%n", NUMBERS.get(i), peakGops.get(i)));
            }
        }
        floatOperators.forEach(f ->
                text.append(String.format(Locale.ROOT, "stayed float: %s %s: %s%n", f.operator, f.path, f.reason)));
        return text.toString();
    }
}
