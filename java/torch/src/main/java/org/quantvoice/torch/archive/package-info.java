/**
 * The parts of a TorchScript archive, read in Java before libtorch reads them: what its pickles would make, and what its code
 * would call. Nothing here makes objects of the file's choice or calls native code; what is refused is a
 * {@link org.quantvoice.error.ModelFormatException}. Classes hold no state beyond one scan.
 */
@NullMarked
package org.quantvoice.torch.archive;

import org.jspecify.annotations.NullMarked;
