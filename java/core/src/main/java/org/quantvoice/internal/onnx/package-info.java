/**
 * ONNX files of acoustic models as graphs, without another library: a waveform or the features of a known front end in, what the
 * model says of each frame out.
 */
@NullMarked
package org.quantvoice.internal.onnx;

import org.jspecify.annotations.NullMarked;
