package org.quantvoice.stream;

import java.util.List;
import java.util.stream.Stream;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.text.WordText;

/** What a stream tells. */
public sealed interface StreamEvent {

    /** Number of the utterance in its stream, from 0 on; utterances without words are not counted. */
    int utterance();

    /** The words, separated by single spaces, but for those that are attached to the word before. */
    String text();

    /**
     * What is understood of the utterance under way.
     *
     * @param committed words that stay as they are, in later partials and in the final
     * @param pending words that may still change
     * @param end seconds of the stream that were looked at
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
     * An utterance that has ended; never empty of words, never changed.
     *
     * @param words its words
     * @param start seconds of the stream at which the utterance began, silence included
     * @param end seconds of the stream at which it ended
     * @param score natural log; comparable within one utterance only
     * @param reason why it ended
     * @param alternatives texts of the readings by rank, {@link #text()} first
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
