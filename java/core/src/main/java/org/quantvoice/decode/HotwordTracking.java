package org.quantvoice.decode;

import org.jspecify.annotations.Nullable;

/** Moves the hotword state of a prefix along its text. */
final class HotwordTracking {
    private final @Nullable HotwordAutomaton automaton;

    HotwordTracking(@Nullable HotwordAutomaton automaton) {
        this.automaton = automaton;
    }

    void spell(Extension out, int way, String text) {
        if (automaton == null) {
            return;
        }
        int state = out.hotState[way];
        for (int i = 0; i < text.length(); i++) {
            state = automaton.step(state, text.charAt(i));
        }
        out.hotState[way] = state;
    }

    void endWord(Extension out, int way) {
        if (automaton != null) {
            out.hotwords[way] += automaton.found(out.hotState[way]);
            out.hotState[way] = automaton.step(out.hotState[way], HotwordAutomaton.BOUNDARY);
        }
    }

    /** True if a phrase is under way. */
    boolean matches(int state) {
        return automaton != null && state > SymbolTree.ROOT;
    }

    double lent(int state) {
        return automaton == null ? 0 : automaton.lent(state);
    }

    double mostGain() {
        return automaton == null ? 0 : automaton.mostGain();
    }
}
