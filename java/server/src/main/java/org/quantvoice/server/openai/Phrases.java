package org.quantvoice.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.server.http.HttpFailure;

/**
 * Reads the hotwords of a prompt and of a list of keywords. OpenAI's models continue a prompt; a CTC decoder takes
 * hotwords instead: the text between two commas, semicolons, full stops or line ends is one hotword of one or more
 * words.
 */
final class Phrases {
    private static final int MOST = 200;

    private Phrases() {}

    /**
     * @param keywords phrases, each of which is one hotword
     * @throws HttpFailure if there are too many
     */
    static List<String> of(String prompt, List<String> keywords) {
        List<String> phrases = new ArrayList<>();
        for (String part : prompt.split("[,;.!?\\r\\n]+")) {
            add(phrases, part);
        }
        keywords.forEach(keyword -> add(phrases, keyword));
        if (phrases.size() > MOST) {
            throw HttpFailure.invalid(
                    keywords.isEmpty() ? "prompt" : "keywords[]",
                    "Got " + phrases.size() + " phrases; expected at most " + MOST + ".");
        }
        return phrases;
    }

    private static void add(List<String> phrases, String part) {
        String phrase = String.join(" ", part.trim().split("\\s+"));
        if (!phrase.isEmpty()) {
            phrases.add(phrase);
        }
    }
}
