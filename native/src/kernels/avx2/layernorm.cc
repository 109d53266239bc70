// See scalar/layernorm.cc.
#include <math.h>

#include "kernels/avx2/row_output.h"

namespace qv_avx2 {
namespace {

double sum(const float* x, int64_t n) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    __m256 low = _mm256_setzero_ps(), high = low;
    for (int64_t i = block; i < end; i += 16) {
      low = _mm256_add_ps(low, load(x + i, end - i));
      if (end - i > 8) high = _mm256_add_ps(high, load(x + i + 8, end - i - 8));
    }
    total += static_cast<double>(fold16(low, high));
  }
  return total;
}

inline __m256 add_square(const float* x, int64_t lanes, __m256 mean, __m256 to) {
  const __m256 d = keep(_mm256_sub_ps(load(x, lanes), mean), lanes);
  return _mm256_fmadd_ps(d, d, to);
}

double sum_of_squares(const float* x, int64_t n, __m256 mean) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    __m256 low = _mm256_setzero_ps(), high = low;
    for (int64_t i = block; i < end; i += 16) {
      low = add_square(x + i, end - i, mean, low);
      if (end - i > 8) high = add_square(x + i + 8, end - i - 8, mean, high);
    }
    total += static_cast<double>(fold16(low, high));
  }
  return total;
}

}  // namespace

void layernorm(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  const int64_t n = call->n;
  const __m256 alpha = set(call->alpha);
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const __m256 mean = set(static_cast<float>(sum(x, n) / static_cast<double>(n)));
    const double variance = sum_of_squares(x, n, mean) / static_cast<double>(n);
    const __m256 factor = set(static_cast<float>(1.0 / sqrt(variance + static_cast<double>(call->epsilon))));
    for (int64_t i = 0; i < n; i += 8) {
      const int64_t lanes = n - i;
      const __m256 gamma = call->gamma ? load(call->gamma + i, lanes) : set(1.0f);
      const __m256 beta = call->beta ? load(call->beta + i, lanes) : set(0.0f);
      const __m256 normal = _mm256_mul_ps(_mm256_sub_ps(load(x + i, lanes), mean), factor);
      store(y + i, lanes, activate8(_mm256_fmadd_ps(normal, gamma, beta), call->activation, alpha));
    }
    write_row(call->out, row, y, n);
  }
}

}  // namespace qv_avx2
