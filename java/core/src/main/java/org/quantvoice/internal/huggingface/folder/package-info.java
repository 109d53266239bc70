/**
 * A folder as Hugging Face's transformers saves it, whatever the model: its JSON files, settings of which none is overlooked,
 * and its weights, which are read in pieces. For the importer only.
 */
@NullMarked
package org.quantvoice.internal.huggingface.folder;

import org.jspecify.annotations.NullMarked;
