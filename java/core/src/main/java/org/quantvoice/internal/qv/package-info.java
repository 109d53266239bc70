/**
 * The {@code .qv} model file: a safetensors container with the tensors in plain layout and the graph, the vocabulary
 * and the provenance as JSON in its metadata. Every length, offset, shape and number of a file is checked before it
 * is used, and a failure gives a {@link org.quantvoice.error.ModelFormatException}. Tensors are read when they are
 * used; files are not memory-mapped. No native code.
 */
@NullMarked
package org.quantvoice.internal.qv;

import org.jspecify.annotations.NullMarked;
