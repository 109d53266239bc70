/**
 * Live streams. A {@link org.quantvoice.internal.live.LiveStream} takes samples in pieces of any size, puts them
 * through a {@link org.quantvoice.internal.live.StreamingModel} (a causal model with caches, such as WeNet's U2) or
 * through overlapped windows of any {@link org.quantvoice.engine.AcousticModel}, and publishes events. Encoder frames
 * are counted from the start of the utterance. Models are shared by threads; a stream belongs to one thread at a
 * time. No native code.
 *
 * <p>Zhang et al., "Unified Streaming and Non-streaming Two-pass End-to-end Model for Speech Recognition", 2020; Yao
 * et al., "WeNet: Production Oriented Streaming and Non-streaming End-to-End Speech Recognition Toolkit", 2021.
 */
@NullMarked
package org.quantvoice.internal.live;

import org.jspecify.annotations.NullMarked;
