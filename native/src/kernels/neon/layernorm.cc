// See scalar/layernorm.cc.
#include <math.h>

#include "kernels/neon/row_output.h"

namespace qv_neon {
namespace {

double sum(const float* x, int64_t n) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    Floats lanes = set(0);
    for (int64_t i = block; i < end; i += 16) lanes = add(lanes, load(x + i, end - i));
    total += static_cast<double>(fold16(lanes));
  }
  return total;
}

double sum_of_squares(const float* x, int64_t n, const Floats& mean) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    Floats lanes = set(0);
    for (int64_t i = block; i < end; i += 16) {
      const Floats d = keep(subtract(load(x + i, end - i), mean), end - i);
      lanes = fma(d, d, lanes);
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
    const Floats mean = set(static_cast<float>(sum(x, n) / static_cast<double>(n)));
    const double variance = sum_of_squares(x, n, mean) / static_cast<double>(n);
    const Floats factor = set(static_cast<float>(1.0 / sqrt(variance + static_cast<double>(call->epsilon))));
    for (int64_t i = 0; i < n; i += 16) {
      const int64_t lanes = n - i;
      const Floats gamma = call->gamma ? load(call->gamma + i, lanes) : set(1.0f);
      const Floats beta = call->beta ? load(call->beta + i, lanes) : set(0.0f);
      const Floats normal = multiply(subtract(load(x + i, lanes), mean), factor);
      store(y + i, lanes, activate16(fma(normal, gamma, beta), call->activation, call->alpha));
    }
    write_row(call->out, row, y, n);
  }
}

}  // namespace qv_neon
