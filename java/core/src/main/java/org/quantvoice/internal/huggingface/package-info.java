/**
 * Import of models that Hugging Face's transformers saved: a folder of configuration, weights, feature extractor and
 * tokenizer, read into a {@link org.quantvoice.graph.Graph}. Each family of models writes its own modules; a setting
 * that is not known here is refused, never ignored. No code of the folder is run. Everything belongs to the reading
 * thread, except the tensors of the graph, which threads share.
 */
@NullMarked
package org.quantvoice.internal.huggingface;

import org.jspecify.annotations.NullMarked;
