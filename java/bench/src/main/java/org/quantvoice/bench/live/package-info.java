/**
 * How many live streams a machine bears: streams of speech at the speed of speech, through the native engine or, with the
 * same driver, features and decoding, through ONNX Runtime.
 */
@NullMarked
package org.quantvoice.bench.live;

import org.jspecify.annotations.NullMarked;
