package org.quantvoice.stream;

import java.util.List;
import java.util.stream.Stream;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.text.WordText;

/** An event of a stream. */
public sealed interface StreamEvent {

    /** Returns the number of the utterance in its stream, from 0 on; utterances without words are not counted. */
    int utterance();

    /**
     * Returns the text of the words, separated by single spaces, except words that are attached to the word before.
     */
    String text();

    /**
     * The words recognised so far in the current utterance.
     *
     * @param committed words that will not change in later partials and in the final event
     * @param pending words that may still change
     * @param end seconds of the stream that were processed
     */
    record Partial(int utterance, List<Word> committed, List<Word> pending, double end) implements StreamEvent {
        public Partial {
            committed = List.copyOf(committed);
            pending = List.copyOf(pending);
        }

        @Override
        public String text() {
            return join(Stream.concat(committed.stream(), pending.stream()));
        }
    }

    /**
     * An utterance that has ended; it has at least one word and never changes.
     *
     * @param words its words
     * @param start seconds of the stream at which the utterance began, silence included
     * @param end seconds of the stream at which it ended
     * @param score natural log; comparable within one utterance only
     * @param reason why it ended
     * @param alternatives texts of the hypotheses by rank, {@link #text()} first
     */
    record Final(
            int utterance,
            List<Word> words,
            double start,
            double end,
            double score,
            Endpoint reason,
            List<String> alternatives)
            implements StreamEvent {
        public Final {
            words = List.copyOf(words);
            alternatives = List.copyOf(alternatives);
        }

        @Override
        public String text() {
            return join(words.stream());
        }
    }

    private static String join(Stream<Word> words) {
        return WordText.join(words, Word::text, Word::attached);
    }
}
