package org.quantvoice.torch.train;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.eval.EditCounts;
import org.quantvoice.torch.script.ScriptModule;

/**
 * The results of one state of the weights on the held-out recordings, which are the same, in the same order, for each
 * state.
 */
public record Judgement(List<Recording> recordings) {

    /**
     * One recording.
     *
     * @param loss CTC loss per token
     * @param counts edits between the tokens of the best path (repeats and blanks dropped) and those of the text
     */
    public record Recording(double loss, EditCounts counts) {

        static Recording of(Utterance utterance, Tensor logProbs, int blank) {
            double loss = utterance.loss(logProbs, blank).item_double();
            return new Recording(loss, EditCounts.align(utterance.tokens(), bestPath(logProbs, blank)));
        }

        private static int[] bestPath(Tensor logProbs, int blank) {
            float[] values = ScriptModule.floats(logProbs.detach());
            int width = Math.toIntExact(logProbs.size(1));
            int[] tokens = new int[values.length / width];
            int length = 0;
            int last = blank;
            for (int frame = 0; frame < values.length; frame += width) {
                int best = 0;
                for (int i = 1; i < width; i++) {
                    best = values[frame + i] > values[frame + best] ? i : best;
                }
                if (best != last && best != blank) {
                    tokens[length++] = best;
                }
                last = best;
            }
            return java.util.Arrays.copyOf(tokens, length);
        }
    }

    public Judgement {
        recordings = List.copyOf(recordings);
    }

    public double loss() {
        return recordings.stream().mapToDouble(Recording::loss).average().orElseThrow();
    }

    /** Returns the wrong tokens of the best path, in percent of the texts' tokens. */
    public double tokenErrorRate() {
        long tokens =
                recordings.stream().mapToLong(r -> r.counts().referenceLength()).sum();
        return 100.0 * errors() / tokens;
    }

    private long errors() {
        return recordings.stream().mapToLong(r -> r.counts().errors()).sum();
    }

    /**
     * Returns whether this state is better by more than chance: it has no more wrong tokens, and its loss is lower by
     * more than the standard error of the difference over the recordings.
     */
    public boolean clearlyBetterThan(Judgement before) {
        int count = recordings.size();
        double gain = before.loss() - loss();
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double off = before.recordings.get(i).loss() - recordings.get(i).loss() - gain;
            squares += off * off;
        }
        double standardError = count == 1 ? 0 : Math.sqrt(squares / (count - 1) / count);
        return gain > standardError && errors() <= before.errors();
    }
}
