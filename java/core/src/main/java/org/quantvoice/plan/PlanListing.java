package org.quantvoice.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The fused steps of a program as people read them.
 *
 * @param steps in the order in which they run
 * @param arenaBytes working memory of a stream
 * @param scratchBytes working memory of each thread for row groups
 */
public record PlanListing(List<Step> steps, long arenaBytes, long scratchBytes) {

    public PlanListing {
        steps = List.copyOf(steps);
    }

    /**
     * One step.
     *
     * @param operator of the executor
     * @param source operator and module path in the model
     * @param group steps of one group run block by block on a thread; -1: a step that splits itself
     * @param operations multiplications and additions of products; 0 for other steps
     * @param nanos shortest time seen; 0 before a run
     */
    public record Step(String operator, String source, int group, long operations, long nanos) {

        /** Billions of operations a second; 0 if not known. */
        public double gops() {
            return nanos == 0 ? 0 : (double) operations / nanos;
        }
    }

    static PlanListing of(Program program) {
        List<Step> steps = program.steps().stream()
                .map(s -> new Step(s.op().name().toLowerCase(Locale.ROOT), s.label(), s.group(), s.operations(), 0))
                .toList();
        return new PlanListing(steps, program.arenaBytes(), program.scratchBytes());
    }

    PlanListing withTimes(long[] nanos) {
        List<Step> timed = new ArrayList<>();
        for (int i = 0; i < nanos.length; i++) {
            Step s = steps.get(i);
            long best = s.nanos == 0 ? nanos[i] : Math.min(s.nanos, nanos[i]);
            timed.add(new Step(s.operator, s.source, s.group, s.operations, best));
        }
        return new PlanListing(timed, arenaBytes, scratchBytes);
    }

    /** One line a step: time, share of the whole, speed, operator, source. */
    public String print() {
        double total = steps.stream().mapToLong(Step::nanos).sum();
        StringBuilder text = new StringBuilder();
        for (Step s : steps) {
            text.append(String.format(
                    Locale.ROOT,
                    "%10.3f ms %5.1f %% %8.1f GOPS  %3s %-15s %s%n",
                    s.nanos / 1e6,
                    total == 0 ? 0 : 100 * s.nanos / total,
                    s.gops(),
                    s.group < 0 ? "" : s.group,
                    s.operator,
                    s.source));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "%10.3f ms in all, arena %.1f MB, scratch %.1f KB a thread%n",
                        total / 1e6,
                        arenaBytes / 1e6,
                        scratchBytes / 1e3))
                .toString();
    }
}
