package org.quantvoice.internal.program;

import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Value;

/**
 * A program that the executor runs for inputs of given sizes: the steps as words, and where data goes in and comes
 * out. Immutable.
 *
 * @param words for the executor, see native/src/exec/step.h
 * @param steps one entry for each step, in the order of the executor's timings
 * @param prologue what has to run before the first run in an arena, behind the constants
 * @param arenaBytes working memory of a run
 * @param scratchBytes working memory of a thread
 * @param slotBytes bytes of the streams' own memory that steps access, two slots for each stream; empty if there are
 *     none
 * @param inputs byte offsets of the inputs in the arena
 * @param outputs the outputs, dense
 * @param constants floats that the arena holds before the first run
 * @param taps where intermediate tensors can be read after a run, if they were asked for
 */
@SuppressWarnings("ArrayRecordComponent")
public record Program(
        long[] words,
        List<Step> steps,
        Prologue prologue,
        long arenaBytes,
        long scratchBytes,
        long[] slotBytes,
        List<Region> inputs,
        List<Region> outputs,
        List<Constant> constants,
        Map<Value, Region> taps) {

    /**
     * One step as listings show it.
     *
     * @param op the executor's operator
     * @param label operator and module path in the model
     * @param group number of the row group whose steps run block by block, or -1 for a step that runs alone
     * @param operations integer or float operations; 0 if not counted
     * @param numbers numbers that a product multiplies: 0 int8, 1 bfloat16, 2 float
     */
    public record Step(StepOp op, String label, int group, long operations, int numbers) {}

    /**
     * Steps whose results depend on the sizes of the inputs alone, and stay in the arena from run to run.
     *
     * @param words for the executor; none: there are no such steps
     */
    public record Prologue(long[] words, List<Step> steps) {

        public boolean isEmpty() {
            return steps.isEmpty();
        }
    }

    /**
     * A dense float tensor in the arena.
     *
     * @param offset in bytes
     * @param dims sizes
     */
    public record Region(long offset, long[] dims) {

        public long elements() {
            return Strided.product(dims);
        }
    }

    /** Floats to write at a byte offset. */
    public record Constant(long offset, float[] values) {}
}
