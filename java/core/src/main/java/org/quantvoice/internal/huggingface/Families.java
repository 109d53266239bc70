package org.quantvoice.internal.huggingface;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.huggingface.folder.Settings;
import org.quantvoice.internal.text.NearNames;

/** The kinds of models that are known, by their {@code model_type}. */
final class Families {
    private static final Map<String, Function<Settings, Family>> ALL = all();

    private Families() {}

    private static Map<String, Function<Settings, Family>> all() {
        Map<String, Function<Settings, Family>> all = new LinkedHashMap<>();
        all.put("wav2vec2", s -> new TransformerFamily(TransformerTraits.WAV2VEC2, s));
        all.put("hubert", s -> new TransformerFamily(TransformerTraits.HUBERT, s));
        all.put("wavlm", s -> new TransformerFamily(TransformerTraits.WAVLM, s));
        all.put("data2vec-audio", s -> new TransformerFamily(TransformerTraits.DATA2VEC, s));
        all.put("unispeech", s -> new TransformerFamily(TransformerTraits.UNISPEECH, s));
        all.put("unispeech-sat", s -> new TransformerFamily(TransformerTraits.UNISPEECH_SAT, s));
        all.put("sew", SqueezedFamily::new);
        all.put("wav2vec2-conformer", ConformerFamily::new);
        all.put("wav2vec2-bert", BertFamily::new);
        all.put("parakeet_ctc", FastConformerFamily::new);
        all.put("lasr_ctc", LasrFamily::new);
        return all;
    }

    /**
     * Returns the family of a configuration.
     *
     * @throws UnsupportedOperatorException if it is not known; the nearest known ones are named
     */
    static Family of(Settings settings) {
        String type = settings.find("model_type")
                .map(n -> settings.text("model_type", ""))
                .orElseThrow(() -> settings.wrong("no model_type", "one of " + ALL.keySet(), null));
        Function<Settings, Family> family = ALL.get(type);
        if (family == null) {
            List<String> near = NearNames.of(type, ALL.keySet());
            throw new UnsupportedOperatorException(
                    settings.file() + ": model_type '" + type + "'",
                    "one of " + ALL.keySet() + "; the nearest are " + near,
                    "import the model as TorchScript or ONNX");
        }
        requireRecognizer(settings);
        return family.apply(settings);
    }

    private static void requireRecognizer(Settings settings) {
        List<String> made = settings.find("architectures").stream()
                .flatMap(n -> n.items().stream())
                .map(n -> n.string())
                .toList();
        if (!made.isEmpty() && made.stream().noneMatch(name -> name.endsWith("ForCTC"))) {
            throw settings.unsupported(
                    "architectures " + made, "a model for recognition by CTC, with a head of tokens (..ForCTC)");
        }
    }
}
