// Functions that all row operations share: sums in a fixed order, and the output of a finished row.
#pragma once

#include "dispatch/kernel_table.h"
#include "kernels/scalar/vector_math.h"

namespace qv_scalar {

// Folds the 16 partial sums of a block by halves.
static inline float fold16(float lanes[16]) {
  for (int half = 8; half >= 1; half /= 2) {
    for (int i = 0; i < half; i++) lanes[i] = lanes[i] + lanes[i + half];
  }
  return lanes[0];
}

// Returns where an operation computes its floats: in the output if it is float, else in scratch.
static inline float* float_row(const qv::RowOutput& out, int64_t row, float* scratch) {
  return out.output == QV_OUT_FLOAT32 ? static_cast<float*>(out.data) + row * out.stride : scratch;
}

// Chooses the row's own scale and zero point; its range always holds 0.
static inline void choose_range(const qv::RowOutput& out, int64_t row, float low, float high, float* inverse, int* zero) {
  const float range = high - low;
  const bool flat = !(range > 1e-30f);
  *inverse = flat ? 1.0f : 255.0f / range;
  *zero = flat ? 0 : quantize1(-low, *inverse, 0);
  out.row_scale[row] = flat ? 1.0f : range / 255.0f;
  out.row_zero[row] = *zero;
}

// Quantizes y [n] to row `row`; does nothing if the output is float.
static inline void write_row(const qv::RowOutput& out, int64_t row, const float* y, int64_t n) {
  if (out.output == QV_OUT_FLOAT32) return;
  float inverse = 1.0f / out.scale;
  int zero = out.zero;
  if (out.row_scale) {
    float low = 0, high = 0;
    for (int64_t i = 0; i < n; i++) {
      low = min1(y[i], low);
      high = max1(y[i], high);
    }
    choose_range(out, row, low, high, &inverse, &zero);
  }
  auto* to = static_cast<uint8_t*>(out.data) + row * out.stride;
  for (int64_t i = 0; i < n; i++) to[i] = static_cast<uint8_t>(quantize1(y[i], inverse, zero));
}

}  // namespace qv_scalar
