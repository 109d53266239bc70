package org.quantvoice.internal.live;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.quantvoice.decode.Hypothesis;
import org.quantvoice.error.DecoderException;

/** The second pass, which ranks hypotheses by {@code score = attention + ctcWeight * first pass}. */
record Rescorer(StreamingModel model, double ctcWeight, double reverseWeight) {

    /** Returns the hypotheses with their new scores, best first; hypotheses with equal scores keep their order. */
    List<Hypothesis> rescore(List<Hypothesis> nbest, float[] encoder, int frames) {
        List<int[]> tokens = nbest.stream().map(Hypothesis::labelling).toList();
        DecoderScores scores = model.decode(tokens, encoder, frames, reverseWeight);
        int eos = model.constants().eos();
        List<Hypothesis> scored = new ArrayList<>(nbest.size());
        for (int i = 0; i < nbest.size(); i++) {
            Hypothesis one = nbest.get(i);
            double score = scores.of(i, tokens.get(i), eos, reverseWeight) + ctcWeight * one.score();
            if (Double.isNaN(score)) {
                throw new DecoderException(
                        "an attention decoder that says NaN for '" + one.text() + "'",
                        "log-probabilities",
                        "check the model, or switch rescoring off");
            }
            scored.add(one.withScore(score));
        }
        scored.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
        return scored;
    }
}
