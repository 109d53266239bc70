package org.quantvoice.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.server.http.HttpFailure;

/**
 * The phrases of a prompt. Where OpenAI's models go on from a prompt, a CTC decoder can be told what to expect: what stands
 * between commas, semicolons, full stops and line ends is one hotword, a word or several.
 */
final class Phrases {
    private static final int MOST = 200;

    private Phrases() {}

    /** @throws HttpFailure if there are too many */
    static List<String> of(String prompt) {
        List<String> phrases = new ArrayList<>();
        for (String part : prompt.split("[,;.!?\\r\\n]+")) {
            String phrase = String.join(" ", part.trim().split("\\s+"));
            if (!phrase.isEmpty()) {
                phrases.add(phrase);
            }
        }
        if (phrases.size() > MOST) {
            throw HttpFailure.invalid(
                    "prompt", "Got a prompt of " + phrases.size() + " phrases; expected at most " + MOST + ".");
        }
        return phrases;
    }
}
