/**
 * Audio input: recordings as streams or whole, corpora, microphones and resampling, as {@code float} samples in [-1,
 * 1]. Pure Java: the readers of WAV and FLAC (RFC 9639) belong to this package, because the core must run on a user's
 * device with no dependency that decodes audio, and because they must stay bounded on hostile input. Other modules
 * read other formats with their {@link org.quantvoice.audio.AudioDecoder}s.
 *
 * <p>Readers are bounded: memory and time grow with the bytes that are read, never with the claims of a header; a
 * stream's memory does not grow at all. Any damage ends in an {@link org.quantvoice.error.AudioFormatException} that
 * names the file and the place.
 *
 * <p>Threads: {@link org.quantvoice.audio.AudioFiles}, {@link org.quantvoice.audio.Audio} and {@link
 * org.quantvoice.audio.AudioCorpus} may be shared; an {@link org.quantvoice.audio.AudioStream}, a streaming {@link
 * org.quantvoice.audio.Resampler} and a {@link org.quantvoice.audio.Microphone} belong to one thread at a time.
 */
@NullMarked
package org.quantvoice.audio;

import org.jspecify.annotations.NullMarked;
