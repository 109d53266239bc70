package org.quantvoice.engine;

/** What the numbers of a matrix are; stated by the caller, never guessed. */
public enum InputType {
    /** Natural log-probabilities, used as they are. */
    LOGPROB,
    /** Raw scores; each row is put through a log-softmax. */
    LOGIT,
    /** Probabilities; the log is taken. */
    PROB;

    /** The matrix as natural log-probabilities, for what takes only those; the same object if it is that already. */
    public LogProbs toLogProbs(LogProbs input) {
        if (this == LOGPROB) {
            return input;
        }
        int size = input.vocabulary();
        float[] out = new float[input.data().length];
        for (int row = 0; row < out.length; row += size) {
            double shift = this == LOGIT ? logSum(input.data(), row, size) : 0;
            for (int i = row; i < row + size; i++) {
                out[i] = (float) (this == LOGIT ? input.data()[i] - shift : Math.log(input.data()[i]));
            }
        }
        return new LogProbs(out, input.frames(), size);
    }

    private static double logSum(float[] data, int row, int size) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = row; i < row + size; i++) {
            max = Math.max(max, data[i]);
        }
        double sum = 0;
        for (int i = row; i < row + size; i++) {
            sum += Math.exp(data[i] - max);
        }
        return max + Math.log(sum);
    }
}
