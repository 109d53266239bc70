package org.quantvoice.engine;

/** The kind of numbers in a matrix, which the caller names and which is never guessed. */
public enum InputType {
    /** Natural log-probs, used without change. */
    LOGPROB,
    /** Raw scores; each row is put through a log-softmax. */
    LOGIT,
    /** Probabilities, whose logarithm is taken. */
    PROB;

    /** Returns the matrix as natural log-probs; the same object if it holds them already. */
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
