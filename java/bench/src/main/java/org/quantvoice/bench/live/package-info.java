/**
 * Measures how many live streams a machine can run: streams at the speed of speech, through the native engine or, with
 * the same driver, features and decoding, through ONNX Runtime.
 */
@NullMarked
package org.quantvoice.bench.live;

import org.jspecify.annotations.NullMarked;
