/** Import of NeMo's files ({@code .nemo}): the archive, its configuration, and the names of its parameters. */
@NullMarked
package org.quantvoice.internal.huggingface.nemo;

import org.jspecify.annotations.NullMarked;
