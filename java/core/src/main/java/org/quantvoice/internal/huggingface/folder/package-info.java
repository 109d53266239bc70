/**
 * Reading of folders that Hugging Face's transformers saved, whatever the model: JSON files, settings, none of which
 * is overlooked, and its weights, which are read in pieces. For the importer only.
 */
@NullMarked
package org.quantvoice.internal.huggingface.folder;

import org.jspecify.annotations.NullMarked;
