/**
 * Models as Hugging Face's transformers save them: a folder of configuration, weights, feature extractor and tokenizer,
 * read into a {@link org.quantvoice.graph.Graph}. Each family of models writes its own modules; what a folder asks for and
 * is not known here is refused, never ignored. No code of the folder is run. Everything is confined to the thread that
 * reads, but the tensors of the graph, which threads share.
 */
@NullMarked
package org.quantvoice.internal.huggingface;

import org.jspecify.annotations.NullMarked;
