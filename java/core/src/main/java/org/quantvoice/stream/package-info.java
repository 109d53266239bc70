/**
 * Recognition while one speaks. A {@link org.quantvoice.stream.TranscriptStream} takes samples in pieces of any size, puts
 * them through a {@link org.quantvoice.stream.StreamingModel} (a causal model with caches, such as WeNet's U2) or through
 * overlapped windows of any {@link org.quantvoice.engine.AcousticModel}, and tells words as {@link
 * org.quantvoice.stream.StreamEvent}s: partial ones after each chunk, final ones at each endpoint.
 *
 * <p>Times are seconds from the first sample of the stream; encoder frames are counted from the start of the utterance.
 * What is said depends on the samples alone, never on how they were cut. Models are shared by threads; a stream belongs to
 * one thread at a time, and {@code cancel()} may come from any. No native code.
 *
 * <p>Zhang et al., "Unified Streaming and Non-streaming Two-pass End-to-end Model for Speech Recognition", 2020; Yao et
 * al., "WeNet: Production Oriented Streaming and Non-streaming End-to-End Speech Recognition Toolkit", 2021.
 */
@NullMarked
package org.quantvoice.stream;

import org.jspecify.annotations.NullMarked;
