package org.quantvoice.internal.huggingface;

/**
 * The differences between wav2vec 2.0 and its relatives.
 *
 * @param prefix of the parameters' names
 * @param choosesNorm whether {@code feat_extract_norm} and {@code do_stable_layer_norm} are settings of the family
 * @param stackedPositions whether the positional convolution is a stack of plain ones, each with a norm
 * @param convAdapter whether the family has the setting {@code add_adapter}
 * @param languageAdapter whether the family has the setting {@code adapter_attn_dim}
 * @param relativeBias whether a gated bias for the distance is added to the scores
 * @param optionalNorms whether the family has the settings {@code feat_proj_layer_norm} and {@code
 *     conv_pos_batch_norm}
 */
record TransformerTraits(
        String prefix,
        boolean choosesNorm,
        boolean stackedPositions,
        boolean convAdapter,
        boolean languageAdapter,
        boolean relativeBias,
        boolean optionalNorms) {

    static final TransformerTraits WAV2VEC2 = new TransformerTraits("wav2vec2", true, false, true, true, false, false);
    static final TransformerTraits HUBERT = new TransformerTraits("hubert", true, false, false, true, false, true);
    static final TransformerTraits WAVLM = new TransformerTraits("wavlm", true, false, true, false, true, false);
    static final TransformerTraits DATA2VEC =
            new TransformerTraits("data2vec_audio", false, true, true, false, false, false);
    static final TransformerTraits UNISPEECH =
            new TransformerTraits("unispeech", true, false, false, true, false, false);
    static final TransformerTraits UNISPEECH_SAT =
            new TransformerTraits("unispeech_sat", true, false, false, true, false, false);
}
