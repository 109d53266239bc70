package org.quantvoice.internal.huggingface;

import java.util.List;
import java.util.Set;

/**
 * Settings and parameters of speech models that are used only by training, pre-training or other tasks than
 * recognition.
 */
final class TrainingKeys {
    static final Set<String> KEYS = Set.of(
            "activation_dropout",
            "adapter_kernel_size",
            "adapter_stride",
            "apply_spec_augment",
            "attention_dropout",
            "classifier_proj_size",
            "codevector_dim",
            "conformer_conv_dropout",
            "contrastive_logits_temperature",
            "ctc_loss_reduction",
            "ctc_zero_infinity",
            "diversity_loss_weight",
            "feat_extract_dropout",
            "feat_proj_dropout",
            "feat_quantizer_dropout",
            "feature_projection_dropout",
            "final_dropout",
            "hidden_dropout",
            "hidden_dropout_prob",
            "initializer_range",
            "layerdrop",
            "mask_channel_length",
            "mask_channel_min_space",
            "mask_channel_other",
            "mask_channel_prob",
            "mask_channel_selection",
            "mask_feature_length",
            "mask_feature_min_masks",
            "mask_feature_prob",
            "mask_time_length",
            "mask_time_min_masks",
            "mask_time_min_space",
            "mask_time_other",
            "mask_time_prob",
            "mask_time_selection",
            "num_adapter_layers",
            "num_clusters",
            "num_codevector_groups",
            "num_codevectors_per_group",
            "num_ctc_classes",
            "num_negatives",
            "output_hidden_size",
            "proj_codevector_dim",
            "replace_prob",
            "tdnn_dilation",
            "tdnn_dim",
            "tdnn_kernel",
            "use_weighted_layer_sum",
            "xvector_output_dim");

    /**
     * Beginnings of names of pre-training heads; {@link #ENDS} has those of SpecAugment's mask, counters and tables
     * that are computed again.
     */
    private static final List<String> PARTS = List.of(
            "quantizer.", "project_q.", "project_hid.", "label_embeddings_concat", "speaker_proj.", "final_proj.");

    private static final List<String> ENDS =
            List.of("masked_spec_embed", "num_batches_tracked", "embed_positions.inv_freq", "embed_positions.pe");

    private TrainingKeys() {}

    static boolean isForTraining(String parameter) {
        return PARTS.stream().anyMatch(parameter::startsWith) || ENDS.stream().anyMatch(parameter::endsWith);
    }
}
