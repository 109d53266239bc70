/**
 * Files that PyTorch writes, which are zip archives with pickles. They are read strictly, so that each can be read in
 * one way only, and nothing that a pickle names is created or called. A refused file gives a {@link
 * org.quantvoice.error.ModelFormatException} that names the part. Objects of these classes hold the state of one file
 * and serve one thread.
 */
@NullMarked
package org.quantvoice.internal.archive;

import org.jspecify.annotations.NullMarked;
