/**
 * Models of voice activity: steps and their interface, and ONNX files on the native engine. Detectors are for one
 * thread at a time; shared objects are thread-safe. A model is compared with its graph's reference interpreter when
 * it is opened.
 */
@NullMarked
package org.quantvoice.internal.voice;

import org.jspecify.annotations.NullMarked;
