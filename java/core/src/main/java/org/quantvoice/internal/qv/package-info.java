/**
 * The {@code .qv} model file: a safetensors container with the tensors in plain layout and the graph, the vocabulary and
 * the provenance as JSON in its metadata. Nothing of a file is trusted before it is checked: every length, offset, shape
 * and number is, and what fails is a {@link org.quantvoice.error.ModelFormatException}. Files are memory-mapped. No
 * native code.
 */
@NullMarked
package org.quantvoice.internal.qv;

import org.jspecify.annotations.NullMarked;
