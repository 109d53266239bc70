/**
 * Audio in: files, corpora, microphones and resampling, all as mono {@code float} samples in [-1, 1]. Pure Java. Readers
 * are bounded: no header can make them allocate more than the file can hold.
 */
@NullMarked
package org.quantvoice.audio;

import org.jspecify.annotations.NullMarked;
