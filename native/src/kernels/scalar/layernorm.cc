// The specification of layernorm: mean, then variance about it, then activation((x - mean) / sqrt(variance + epsilon)
// * gamma + beta).
#include <math.h>

#include "kernels/scalar/row_output.h"

namespace qv_scalar {
namespace {

// Returns the sum of x, or that of (x - mean)^2.
double sum(const float* x, int64_t n, bool squares, float mean) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    float lanes[16] = {};
    for (int64_t i = block; i < end; i++) {
      const float d = x[i] - mean;
      lanes[i % 16] = squares ? fma1(d, d, lanes[i % 16]) : lanes[i % 16] + x[i];
    }
    total += static_cast<double>(fold16(lanes));
  }
  return total;
}

}  // namespace

void layernorm(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  const int64_t n = call->n;
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const auto mean = static_cast<float>(sum(x, n, false, 0) / static_cast<double>(n));
    const double variance = sum(x, n, true, mean) / static_cast<double>(n);
    const auto factor = static_cast<float>(1.0 / sqrt(variance + static_cast<double>(call->epsilon)));
    for (int64_t i = 0; i < n; i++) {
      const float gamma = call->gamma ? call->gamma[i] : 1.0f;
      const float beta = call->beta ? call->beta[i] : 0.0f;
      y[i] = activate1(fma1((x[i] - mean) * factor, gamma, beta), call->activation, call->alpha);
    }
    write_row(call->out, row, y, n);
  }
}

}  // namespace qv_scalar
