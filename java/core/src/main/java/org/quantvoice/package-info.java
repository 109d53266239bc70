/**
 * The main entry: {@link org.quantvoice.QuantSession} loads a speech recogniser, quantizes it if requested, and turns
 * audio into a {@link org.quantvoice.Transcript}.
 *
 * <p>A session is immutable once built and may be used by several threads at once; closing it waits for runs that are
 * under way. Times are in seconds from the start of the audio, rates in hertz, confidences 0 to 1. Errors from data,
 * files or the machine are an {@link org.quantvoice.error.QuantVoiceException}; using a closed session is an {@link
 * java.lang.IllegalStateException}.
 */
@NullMarked
package org.quantvoice;

import org.jspecify.annotations.NullMarked;
