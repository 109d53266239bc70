/**
 * Reads the parts of a TorchScript archive in Java before libtorch reads them, and checks which objects its pickles
 * would make and what its code would call. Nothing here makes objects of the file's choice or calls native code. A
 * refused file gives a {@link org.quantvoice.error.ModelFormatException}. Classes hold no state beyond one scan.
 */
@NullMarked
package org.quantvoice.torch.archive;

import org.jspecify.annotations.NullMarked;
