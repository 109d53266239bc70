package org.quantvoice.cli.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.decode.Hypothesis;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.ForwardScorer;

/** Answers the packed tiny cases: the best labelling of an unpruned search, and the exact scores of some labellings. */
final class TinyCases {
    private static final int UNLIMITED = 100_000;

    private TinyCases() {}

    static ObjectNode answer(JsonNode test) {
        int frames = test.path("T").asInt();
        int size = test.path("V").asInt();
        float[] data = new float[frames * size];
        for (int i = 0; i < data.length; i++) {
            JsonNode value = test.path("logprobs").path(i / size).path(i % size);
            data[i] = value.isNull() ? Float.NEGATIVE_INFINITY : value.floatValue();
        }
        LogProbs input = new LogProbs(data, frames, size);
        Vocabulary vocabulary = vocabulary(size, test.path("blank").asInt());
        BeamOptions options = BeamOptions.unpruned()
                .beamWidth(UNLIMITED)
                .labelling(Labelling.TOKENS)
                .build();
        Hypothesis best = PrefixBeam.with(vocabulary, options).decode(input);
        ObjectNode answer = CaseFiles.JSON.createObjectNode();
        answer.put("id", "tiny:" + test.path("n").asInt());
        ArrayNode tokens = answer.putArray("tokens");
        best.tokens().forEach(span -> tokens.add(span.token()));
        CaseDecoder.putNumber(answer, "score", best.score());
        ArrayNode scores = answer.putArray("scores");
        ForwardScorer scorer = ForwardScorer.with(vocabulary);
        for (JsonNode item : test.path("scores")) {
            int[] labelling = CaseFiles.JSON.convertValue(item.path("labelling"), int[].class);
            CaseDecoder.addNumber(scores, scorer.score(input, labelling));
        }
        return answer;
    }

    private static Vocabulary vocabulary(int size, int blank) {
        List<String> tokens = new ArrayList<>();
        for (int v = 0; v < size; v++) {
            tokens.add(v == blank ? "<blank>" : String.valueOf((char) ('a' + v)));
        }
        return new Vocabulary(tokens, blank, OptionalInt.empty(), false);
    }
}
