/**
 * Audio in: files, corpora, microphones and resampling, all as mono {@code float} samples in [-1, 1]; several channels are
 * averaged. Pure Java: the FLAC decoder is this package's own, because the core must run on a user's device with no
 * dependency that decodes audio, and because it must stay bounded on hostile input. It follows RFC 9639.
 *
 * <p>Readers are bounded: memory and time grow with the bytes that are there, never with what a header claims, and any
 * damage ends in an {@link org.quantvoice.error.AudioFormatException} that names the file.
 *
 * <p>Threads: {@link org.quantvoice.audio.AudioFiles}, {@link org.quantvoice.audio.Audio} and
 * {@link org.quantvoice.audio.AudioCorpus} may be shared; a streaming {@link org.quantvoice.audio.Resampler} and a
 * {@link org.quantvoice.audio.Microphone} belong to one thread at a time.
 */
@NullMarked
package org.quantvoice.audio;

import org.jspecify.annotations.NullMarked;
