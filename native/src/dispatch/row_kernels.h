// Further kernels that work on one row of floats, for the executor; one source, kernels/rows.inc, is compiled for every tier. They give the same
// bits on all tiers: elementwise steps are those of kernels/scalar/vector_math.h, sums run in 16 partial sums.
#pragma once

#include <stdint.h>

namespace qv {

// How a float becomes a byte: clamp(round_even(x * inverse) + zero, 0, 255).
struct RowQuant {
  float scale, inverse;
  int32_t zero;
};

struct RowKernels {
  // y = act(x * mul + add), act of step.h. y may be x.
  void (*activate)(const float* x, int64_t n, float mul, float add, int act, float alpha, float* y);
  // Widens [*low, *high] to hold x; NaNs are passed over.
  void (*range)(const float* x, int64_t n, float* low, float* high);
  void (*quantize)(const float* x, int64_t n, RowQuant quant, uint8_t* out);
  float (*sum)(const float* x, int64_t n);
  // sum of (x - mean)^2
  float (*squares)(const float* x, int64_t n, float mean);
  float (*dot)(const float* x, const float* y, int64_t n);
  // acc[c] += x[c] * w[c]
  void (*multiply_add)(const float* x, const float* w, int64_t n, float* acc);
  // y[n] += a * b[n]
  void (*axpy)(float a, const float* b, int64_t n, float* y);
};

// The quantization of a range that is made to hold 0, as quantize_rows does it: scale 1 and zero point 0 if it is empty.
RowQuant quant_of_range(float low, float high);

}  // namespace qv
