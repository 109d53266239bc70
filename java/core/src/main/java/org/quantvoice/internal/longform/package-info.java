/**
 * Recordings of any length: windows are planned, encoded by several threads and joined into one sequence of frames,
 * in bounded memory. The frames depend on the samples alone, never on how the samples were split into calls nor on
 * the number of threads. One thread at a time feeds a {@code LongFrames}; its sink is called on that thread.
 */
@NullMarked
package org.quantvoice.internal.longform;

import org.jspecify.annotations.NullMarked;
