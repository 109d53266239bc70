/**
 * Execution of models: packed weights, programs kept by length, workspaces, and the runs of whole recordings and of
 * streams.
 *
 * <p>{@link org.quantvoice.internal.exec.NativeModel} and {@link org.quantvoice.internal.exec.NativeStreamingModel}
 * are safe for any number of threads: programs and packed weights are immutable, and each run has working memory of
 * its own. What owns native memory is {@code AutoCloseable}, and closing it waits for the runs that use it.
 */
@NullMarked
package org.quantvoice.internal.exec;

import org.jspecify.annotations.NullMarked;
