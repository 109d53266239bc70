package org.quantvoice.internal.huggingface.folder;

import java.util.Set;

/**
 * Keys that every configuration of transformers may have and that do not change the computation of an acoustic model:
 * its origin, how it was trained, how text would be generated with it.
 */
final class GeneralKeys {
    private static final Set<String> KEYS = Set.of(
            "add_cross_attention",
            "architectures",
            "bad_words_ids",
            "begin_suppress_tokens",
            "bos_token_id",
            "chunk_size_feed_forward",
            "cross_attention_hidden_size",
            "decoder_start_token_id",
            "diversity_penalty",
            "do_sample",
            "dtype",
            "early_stopping",
            "encoder_no_repeat_ngram_size",
            "eos_token_id",
            "exponential_decay_length_penalty",
            "finetuning_task",
            "forced_bos_token_id",
            "forced_eos_token_id",
            "freeze_feat_extract_train",
            "gradient_checkpointing",
            "id2label",
            "is_decoder",
            "is_encoder_decoder",
            "label2id",
            "length_penalty",
            "max_length",
            "min_length",
            "model_type",
            "no_mask_channel_overlap",
            "no_mask_time_overlap",
            "no_repeat_ngram_size",
            "num_beam_groups",
            "num_beams",
            "num_return_sequences",
            "output_attentions",
            "output_hidden_states",
            "output_scores",
            "pad_token_id",
            "prefix",
            "problem_type",
            "remove_invalid_values",
            "repetition_penalty",
            "return_dict",
            "return_dict_in_generate",
            "sep_token_id",
            "suppress_tokens",
            "task_specific_params",
            "temperature",
            "tf_legacy_loss",
            "tie_encoder_decoder",
            "tie_word_embeddings",
            "tokenizer_class",
            "top_k",
            "top_p",
            "torch_dtype",
            "torchscript",
            "transformers_version",
            "typical_p",
            "use_bfloat16",
            "use_cache",
            "use_return_dict");

    private GeneralKeys() {}

    static boolean isGeneral(String key) {
        return key.startsWith("_") || KEYS.contains(key);
    }
}
