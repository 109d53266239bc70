package org.quantvoice.internal.beam;

import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;

/** The states of CTC for one labelling: its tokens with a blank before, between and behind them. */
public final class CtcStates {
    private CtcStates() {}

    public static int[] of(int[] labelling, Vocabulary vocabulary) {
        int[] states = new int[2 * labelling.length + 1];
        for (int s = 0; s < states.length; s++) {
            states[s] = s % 2 == 0 ? vocabulary.blank() : labelling[s / 2];
        }
        for (int token : labelling) {
            if (token < 0 || token >= vocabulary.size() || token == vocabulary.blank()) {
                throw new DecoderException(
                        "token " + token + " in a labelling",
                        "0 to " + (vocabulary.size() - 1) + " without the blank " + vocabulary.blank(),
                        "pass the tokens of the text, without blanks");
            }
        }
        return states;
    }

    /** Returns whether a path may leave out the blank before a state. */
    public static boolean mayJump(int[] states, int s) {
        return s >= 2 && s % 2 == 1 && states[s] != states[s - 2];
    }

    /** Refuses matrices that do not fit the vocabulary or hold numbers that are no log-probs. */
    public static void check(LogProbs input, Vocabulary vocabulary) {
        RowCheck check = new RowCheck(vocabulary);
        check.shape(input);
        for (int i = 0; i < input.data().length; i++) {
            if (!(input.data()[i] <= Float.MAX_VALUE)) {
                throw check.refused(input.data()[i], i / vocabulary.size(), i % vocabulary.size());
            }
        }
    }
}
