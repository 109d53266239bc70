/**
 * Reading of the token lists of folders, from any of the files in which tokenizers store them. For the importer only.
 */
@NullMarked
package org.quantvoice.internal.huggingface.tokens;

import org.jspecify.annotations.NullMarked;
