package org.quantvoice.internal.huggingface.nemo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.huggingface.folder.Settings;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/**
 * Translates NeMo's {@code model_config.yaml} of a FastConformer with a CTC head into the settings of transformers'
 * parakeet_ctc.
 */
final class NemoConfig {
    private static final Set<String> CTC = Set.of("EncDecCTCModel", "EncDecCTCModelBPE");
    private static final Set<String> HYBRID = Set.of("EncDecHybridRNNTCTCModel", "EncDecHybridRNNTCTCBPEModel");
    /** Settings of training, of tables that are computed again, and of PyTorch's ways to compute the same result. */
    private static final Set<String> ENCODER_UNUSED = Set.of(
            "_target_",
            "dropout",
            "dropout_pre_encoder",
            "dropout_emb",
            "dropout_att",
            "stochastic_depth_drop_prob",
            "stochastic_depth_mode",
            "stochastic_depth_start_layer",
            "untie_biases",
            "pos_emb_max_len",
            "reduction_position",
            "reduction_factor",
            "att_context_probs",
            "subsampling_conv_chunking_factor",
            "use_pytorch_sdpa",
            "use_pytorch_sdpa_backends",
            "sync_max_audio_length");
    /** Settings of noise in training, and of padding that the model masks again. */
    private static final Set<String> FEATURES_UNUSED =
            Set.of("_target_", "dither", "pad_to", "pad_value", "rng", "nb_augmentation_prob", "nb_max_freq");

    private static final String CONTEXT = "att_context_size";

    private final String file;
    private final JsonNode root;
    private final boolean hybrid;

    /** @param file name of the file in messages */
    NemoConfig(String file, JsonNode root) {
        this.file = file;
        this.root = root;
        String target = new Settings(file, root).text("target", "");
        String name = target.substring(target.lastIndexOf('.') + 1);
        this.hybrid = HYBRID.contains(name);
        if (!hybrid && !CTC.contains(name)) {
            throw new UnsupportedOperatorException(
                    file + ": a model of the class '" + name + "'",
                    "a model with a CTC head: " + CTC + " or " + HYBRID,
                    "take such a model; transducers alone have no head that CTC decoding reads");
        }
    }

    private Settings part(String name) {
        return new Settings(file, root).part(name);
    }

    /** Returns the beginning of the names of the CTC head's parameters. */
    String head() {
        return hybrid ? "ctc_decoder." : "decoder.";
    }

    /**
     * Returns a {@code config.json} with the same settings.
     *
     * @param vocabulary number of outputs of the head, with the blank
     * @throws UnsupportedOperatorException if the encoder is another one than FastConformer of whole utterances
     */
    JsonNode parakeet(int vocabulary) {
        Settings encoder = part("encoder").ignore(ENCODER_UNUSED);
        requireClass(encoder, "ConformerEncoder");
        int hidden = encoder.required("d_model");
        Map<String, Object> ours = new LinkedHashMap<>();
        ours.put("hidden_size", hidden);
        ours.put("num_mel_bins", encoder.required("feat_in"));
        ours.put("num_hidden_layers", encoder.required("n_layers"));
        ours.put("num_attention_heads", encoder.count("n_heads", 4));
        ours.put("intermediate_size", hidden * encoder.count("ff_expansion_factor", 4));
        ours.put("conv_kernel_size", encoder.count("conv_kernel_size", 31));
        ours.put("attention_bias", encoder.flag("use_bias", true));
        ours.put("convolution_bias", encoder.flag("use_bias", true));
        ours.put("scale_input", encoder.flag("xscaling", true));
        ours.put("subsampling_factor", factor(encoder));
        int channels = encoder.integer("subsampling_conv_channels", -1, -1, Settings.MOST);
        ours.put("subsampling_conv_channels", channels < 1 ? hidden : channels);
        requireWholeUtterances(encoder);
        int out = encoder.integer("feat_out", -1, -1, Settings.MOST);
        if (out > 0 && out != hidden) {
            throw encoder.unsupported("feat_out " + out, "-1: frames of d_model values");
        }
        encoder.requireKnown();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model_type", "parakeet_ctc");
        config.put("encoder_config", ours);
        config.put("vocab_size", vocabulary);
        return JsonReader.parse(JsonWriter.compact(config));
    }

    private static int factor(Settings encoder) {
        encoder.choice("subsampling", "striding", "dw_striding");
        int factor = encoder.count("subsampling_factor", 4);
        if (Integer.bitCount(factor) != 1 || factor < 2) {
            throw encoder.wrong("subsampling_factor " + factor, "a power of two", null);
        }
        return factor;
    }

    /** Refuses encoders whose frames see only their neighbours, as in models for streams. */
    private static void requireWholeUtterances(Settings encoder) {
        encoder.choice("self_attention_model", "rel_pos", "rel_pos");
        encoder.choice("att_context_style", "regular", "regular");
        encoder.choice("conv_norm_type", "batch_norm", "batch_norm");
        if (encoder.flag("causal_downsampling", false) || encoder.has("reduction")) {
            throw encoder.unsupported("causal_downsampling or a reduction", "neither");
        }
        if (encoder.integer("global_tokens", 0, 0, Settings.MOST) > 0) {
            throw encoder.unsupported("global_tokens", "none");
        }
        encoder.ignore(Set.of("global_tokens_spacing", "global_attn_separate"));
        Optional<JsonNode> context = encoder.find(CONTEXT).map(NemoConfig::first);
        boolean limited =
                context.isPresent() && context.get().items().stream().anyMatch(n -> n.integer(-1, Settings.MOST) >= 0);
        if (limited) {
            throw encoder.unsupported(CONTEXT + " that is limited", "[-1, -1]: attention to the whole utterance");
        }
        int kernel = encoder.count("conv_kernel_size", 31);
        List<JsonNode> sides = encoder.find("conv_context_size")
                .filter(JsonNode::isArray)
                .map(JsonNode::items)
                .orElse(List.of());
        boolean odd = encoder.has("conv_context_size") && sides.isEmpty()
                || sides.stream().anyMatch(n -> n.integer(0, Settings.MOST) != (kernel - 1) / 2);
        if (odd) {
            throw encoder.unsupported("conv_context_size of another form", "null: as much before as behind");
        }
    }

    /** Returns the first context if there are several, which is NeMo's default. */
    private static JsonNode first(JsonNode context) {
        List<JsonNode> items = context.items();
        return !items.isEmpty() && items.get(0).isArray() ? items.get(0) : context;
    }

    /** Returns the settings that turn samples into the encoder's input. */
    FrontEnd features() {
        Settings settings = part("preprocessor").ignore(FEATURES_UNUSED);
        requireClass(settings, "AudioToMelSpectrogramPreprocessor");
        settings.choice("window", "hann", "hann");
        int rate = settings.count("sample_rate", 16_000);
        String normalize = settings.choice("normalize", "per_feature", "per_feature", "NA", "None");
        if (!settings.flag("log", true)
                || settings.count("frame_splicing", 1) != 1
                || settings.number("mag_power", 2) != 2
                || settings.number("lowfreq", 0) != 0
                || settings.number("highfreq", rate / 2.0) != rate / 2.0
                || settings.flag("exact_pad", false)
                || !settings.choice("mel_norm", "slaney", "slaney").equals("slaney")) {
            throw settings.unsupported(
                    "mel features of another form", "their logarithms up to half the rate, spliced by 1, centred");
        }
        int window = samples(settings, "window_size", 0.02, rate);
        int hop = samples(settings, "window_stride", 0.01, rate);
        int fft = settings.integer("n_fft", Math.max(4, Integer.highestOneBit(window - 1) * 2), 4, Settings.MOST);
        double emphasis = settings.isNull("preemph") ? 0 : settings.number("preemph", 0.97);
        boolean normalized = normalize.equals("per_feature") && !settings.isNull("normalize");
        int bins = settings.count("features", 64);
        settings.requireKnown();
        return new FrontEnd(FrontEnd.Kind.NEMO, rate, bins, window, hop, fft, emphasis, normalized, 1);
    }

    private static int samples(Settings settings, String key, double byDefault, int rate) {
        double seconds = settings.number(key, byDefault);
        if (!(seconds > 0 && seconds <= 1)) {
            throw settings.wrong(key + " " + seconds, "seconds, above 0 and at most 1", null);
        }
        return (int) (seconds * rate);
    }

    private static void requireClass(Settings settings, String name) {
        String target = settings.text("_target_", "");
        if (!target.substring(target.lastIndexOf('.') + 1).equals(name)) {
            throw settings.unsupported("_target_ '" + target + "'", name);
        }
    }

    /** Returns the name of the tokenizer's file of pieces in the archive, if there is one. */
    Optional<String> pieces() {
        return root.find("tokenizer")
                .filter(JsonNode::isObject)
                .flatMap(t -> t.find("model_path"))
                .filter(JsonNode::isString)
                .map(n -> n.string().replaceFirst("^nemo:", ""))
                .filter(name -> name.endsWith(".model"));
    }

    /** Returns the tokens of a character model, without the blank. */
    Optional<List<String>> labels() {
        Optional<JsonNode> decoder = hybrid
                ? root.find("aux_ctc").filter(JsonNode::isObject).flatMap(n -> n.find("decoder"))
                : root.find("decoder");
        return decoder.filter(JsonNode::isObject)
                .flatMap(n -> n.find("vocabulary"))
                .filter(JsonNode::isArray)
                .or(() -> root.find("labels").filter(JsonNode::isArray))
                .map(list -> list.items().stream().map(JsonNode::string).toList())
                .filter(list -> !list.isEmpty());
    }
}
