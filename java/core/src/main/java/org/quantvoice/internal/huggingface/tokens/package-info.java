/** The token lists of folders, from any of the files in which tokenizers keep them. For the importer only. */
@NullMarked
package org.quantvoice.internal.huggingface.tokens;

import org.jspecify.annotations.NullMarked;
