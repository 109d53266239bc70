// See scalar/layernorm.cc.
#include <math.h>

#include "kernels/avx512vnni/row_output.h"

namespace qv_avx512vnni {
namespace {

double sum(const float* x, int64_t n) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    __m512 lanes = _mm512_setzero_ps();
    for (int64_t i = block; i < end; i += 16) {
      lanes = _mm512_add_ps(lanes, _mm512_maskz_loadu_ps(rest(end - i), x + i));
    }
    total += static_cast<double>(fold16(lanes));
  }
  return total;
}

double sum_of_squares(const float* x, int64_t n, __m512 mean) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    __m512 lanes = _mm512_setzero_ps();
    for (int64_t i = block; i < end; i += 16) {
      const __mmask16 mask = rest(end - i);
      const __m512 d = _mm512_maskz_sub_ps(mask, _mm512_maskz_loadu_ps(mask, x + i), mean);
      lanes = _mm512_fmadd_ps(d, d, lanes);
    }
    total += static_cast<double>(fold16(lanes));
  }
  return total;
}

}  // namespace

void layernorm(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  const int64_t n = call->n;
  const __m512 alpha = set(call->alpha);
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const __m512 mean = set(static_cast<float>(sum(x, n) / static_cast<double>(n)));
    const double variance = sum_of_squares(x, n, mean) / static_cast<double>(n);
    const __m512 factor = set(static_cast<float>(1.0 / sqrt(variance + static_cast<double>(call->epsilon))));
    for (int64_t i = 0; i < n; i += 16) {
      const __mmask16 mask = rest(n - i);
      const __m512 gamma = call->gamma ? _mm512_maskz_loadu_ps(mask, call->gamma + i) : set(1.0f);
      const __m512 beta = call->beta ? _mm512_maskz_loadu_ps(mask, call->beta + i) : set(0.0f);
      const __m512 normal = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(mask, x + i), mean), factor);
      _mm512_mask_storeu_ps(y + i, mask, activate16(_mm512_fmadd_ps(normal, gamma, beta), call->activation, alpha));
    }
    write_row(call->out, row, y, n);
  }
}

}  // namespace qv_avx512vnni
