package org.quantvoice.torch.train;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.quantvoice.error.CorpusException;

/**
 * A recording and the tokens of its words.
 *
 * @param id for messages
 * @param samples mono at the model's rate
 * @param tokens without blanks
 */
@SuppressWarnings("ArrayRecordComponent") // utterances are never compared
public record Utterance(String id, float[] samples, int[] tokens) {

    private static final int MEAN_OVER_TOKENS = 1;
    private static final int SUM = 2;

    /**
     * Returns the CTC loss per token (Graves et al. 2006), which is differentiable.
     *
     * @param logProbs {@code [frames, vocabulary]}
     * @throws CorpusException if the words have more tokens than the recording has frames
     */
    public Tensor loss(Tensor logProbs, int blank) {
        return loss(logProbs, blank, MEAN_OVER_TOKENS);
    }

    /**
     * Returns the CTC loss of the whole recording: minus the log-probability of its tokens, of which there may be none.
     */
    public Tensor totalLoss(Tensor logProbs, int blank) {
        return loss(logProbs, blank, SUM);
    }

    private Tensor loss(Tensor logProbs, int blank, int reduction) {
        long frames = logProbs.size(0);
        if (tokens.length > frames) {
            throw new CorpusException(
                    "recording " + id + " of " + frames + " frames, whose text has " + tokens.length + " tokens",
                    "a text that fits the recording",
                    "correct the text or leave the recording out");
        }
        long[] targets = new long[tokens.length];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = tokens[i];
        }
        try (LongPointer data = new LongPointer(targets)) {
            Tensor target = torch.from_blob(data, new long[] {1, targets.length}, new TensorOptions(ScalarType.Long))
                    .clone();
            return torch.ctc_loss(
                    logProbs.unsqueeze(1),
                    target,
                    new long[] {frames},
                    new long[] {targets.length},
                    blank,
                    reduction,
                    false);
        }
    }
}
