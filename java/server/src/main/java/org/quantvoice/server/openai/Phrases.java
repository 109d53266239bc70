package org.quantvoice.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.server.http.HttpFailure;

/**
 * The phrases of a prompt and of a list of keywords. Where OpenAI's models go on from a prompt, a CTC decoder can be told what to
 * expect: what stands between commas, semicolons, full stops and line ends is one hotword, a word or several.
 */
final class Phrases {
    private static final int MOST = 200;

    private Phrases() {}

    /**
     * @param keywords phrases, each taken whole
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
