/**
 * The exceptions of QuantVoice: one unchecked tree under {@link org.quantvoice.error.QuantVoiceException}. Misuse of an
 * object's life cycle (use after close) is an {@link java.lang.IllegalStateException}, a null argument a {@link
 * java.lang.NullPointerException}; everything that comes from data, files or the machine is in this tree. Exceptions
 * are immutable and may be shared by threads.
 */
@NullMarked
package org.quantvoice.error;

import org.jspecify.annotations.NullMarked;
