// Further kernels for the executor that work on one row of floats. One source, kernels/rows.inc, is compiled for every
// tier. They return the same bits on all tiers: elementwise steps are those of kernels/scalar/vector_math.h, and sums
// have 16 partial sums.
#pragma once

#include <stdint.h>

namespace qv {

// A quantization of floats to bytes: clamp(round_even(x * inverse) + zero, 0, 255).
struct RowQuant {
  float scale, inverse;
  int32_t zero;
};

struct RowKernels {
  // y = act(x * mul + add), act of step.h. y may be x.
  void (*activate)(const float* x, int64_t n, float mul, float add, int act, float alpha, float* y);
  // Widens [*low, *high] to hold x; NaNs are ignored.
  void (*range)(const float* x, int64_t n, float* low, float* high);
  void (*quantize)(const float* x, int64_t n, RowQuant quant, uint8_t* out);
  float (*sum)(const float* x, int64_t n);
  // sum of (x - mean)^2
  float (*squares)(const float* x, int64_t n, float mean);
  float (*dot)(const float* x, const float* y, int64_t n);
  // y[n] += a * b[n]
  void (*axpy)(float a, const float* b, int64_t n, float* y);
};

// Returns the quantization of a range, widened to hold 0, as quantize_rows does it. An empty range has scale 1 and zero
// point 0.
RowQuant quant_of_range(float low, float high);

}  // namespace qv
