/**
 * Recognition while someone speaks. A {@link org.quantvoice.stream.TranscriptStream}, which a session opens, takes
 * samples in pieces of any size and publishes words as {@link org.quantvoice.stream.StreamEvent}s: partial events
 * after each chunk, final events at each endpoint.
 *
 * <p>Times are seconds from the first sample of the stream. The events depend on the samples alone, never on how they
 * were split into calls. A stream belongs to one thread at a time, but {@code cancel()} may be called from any
 * thread.
 */
@NullMarked
package org.quantvoice.stream;

import org.jspecify.annotations.NullMarked;
