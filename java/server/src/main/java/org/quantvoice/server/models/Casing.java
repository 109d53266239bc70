package org.quantvoice.server.models;

import java.util.List;
import java.util.Locale;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.beam.Spelling;

/**
 * Adapts the case of phrases to the model, because clients write names in mixed case, and most models know only one
 * case of a letter.
 */
final class Casing {
    private Casing() {}

    /**
     * Returns the phrase unchanged if the vocabulary can spell it, else in small letters, else in capitals.
     *
     * @throws DecoderException if it can be spelt in none of them
     */
    static String of(Vocabulary vocabulary, String phrase) {
        DecoderException first = null;
        for (String form : List.of(phrase, phrase.toLowerCase(Locale.ROOT), phrase.toUpperCase(Locale.ROOT))) {
            try {
                Spelling.ofText(form, vocabulary);
                return form;
            } catch (DecoderException e) {
                first = first == null ? e : first;
            }
        }
        throw first;
    }
}
