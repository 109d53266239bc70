package org.quantvoice.decode;

import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.SymbolTree;
import org.quantvoice.internal.text.Scripts;

/** Advances the hotword state of a prefix along its text. */
final class HotwordTracking {
    private final @Nullable HotwordAutomaton automaton;
    private final int mostWords;

    /**
     * @param mostWords largest number of words that one step can end: 1, and one for each character without spaces of
     *     a token
     */
    HotwordTracking(@Nullable HotwordAutomaton automaton, int mostWords) {
        this.automaton = automaton;
        this.mostWords = mostWords;
    }

    void spell(Extension out, int way, String text) {
        if (automaton == null) {
            return;
        }
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            boolean alone = Scripts.unspaced(c);
            if (alone) {
                endWord(out, way);
            }
            while (i < next) {
                out.hotState[way] = automaton.step(out.hotState[way], text.charAt(i++));
            }
            if (alone) {
                endWord(out, way);
            }
        }
    }

    void endWord(Extension out, int way) {
        if (automaton != null) {
            out.hotwords[way] += automaton.found(out.hotState[way]);
            out.hotState[way] = automaton.step(out.hotState[way], HotwordAutomaton.BOUNDARY);
        }
    }

    /** Returns whether a phrase has begun. */
    boolean matches(int state) {
        return automaton != null && state > SymbolTree.ROOT;
    }

    double lent(int state) {
        return automaton == null ? 0 : automaton.lent(state);
    }

    double mostGain() {
        return automaton == null ? 0 : automaton.mostGain(mostWords);
    }
}
