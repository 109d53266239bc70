/**
 * Import of ONNX files of acoustic models as graphs, without another library. A graph takes a waveform or the
 * features of a known front end, and returns the model's output for each frame.
 */
@NullMarked
package org.quantvoice.internal.onnx;

import org.jspecify.annotations.NullMarked;
