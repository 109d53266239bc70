/**
 * Recognition while one speaks. A {@link org.quantvoice.stream.TranscriptStream}, which a session gives, takes samples in pieces of
 * any size and tells words as {@link org.quantvoice.stream.StreamEvent}s: partial ones after each chunk, final ones at each
 * endpoint.
 *
 * <p>Times are seconds from the first sample of the stream. What is said depends on the samples alone, never on how they were
 * cut. A stream belongs to one thread at a time, and {@code cancel()} may come from any.
 */
@NullMarked
package org.quantvoice.stream;

import org.jspecify.annotations.NullMarked;
