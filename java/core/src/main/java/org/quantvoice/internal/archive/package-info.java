/**
 * Files as PyTorch writes them, zip archives with pickles: read strictly, with one reading of each, and nothing that a pickle names is
 * made or called. What is refused is a {@link org.quantvoice.error.ModelFormatException} that names the part. Classes hold no state
 * beyond one file and serve one thread.
 */
@NullMarked
package org.quantvoice.internal.archive;

import org.jspecify.annotations.NullMarked;
