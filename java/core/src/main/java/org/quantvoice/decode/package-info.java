/**
 * Decoding of log-probs into words. Input is {@link org.quantvoice.engine.LogProbs} {@code [frames, vocabulary]} of
 * natural logs; scores are natural logs; frames are counted from the start of the stream. Decoders are immutable and
 * may be shared by threads; the state of one stream belongs to one thread at a time. No native code.
 */
@NullMarked
package org.quantvoice.decode;

import org.jspecify.annotations.NullMarked;
