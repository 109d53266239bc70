// See scalar/softmax.cc.
#include <math.h>

#include "kernels/avx512vnni/row_output.h"

namespace qv_avx512vnni {
namespace {

float largest(const float* x, int64_t n) {
  __m512 top = set(-INFINITY);
  for (int64_t i = 0; i < n; i += 16) {
    top = _mm512_max_ps(_mm512_mask_loadu_ps(set(-INFINITY), rest(n - i), x + i), top);
  }
  const float value = _mm512_reduce_max_ps(top);
  return value == -INFINITY ? 0.0f : value;
}

double sum_of_exp(const float* x, int64_t n, __m512 top, float* e) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    __m512 lanes = _mm512_setzero_ps();
    for (int64_t i = block; i < end; i += 16) {
      const __mmask16 mask = rest(end - i);
      const __m512 term = _mm512_maskz_mov_ps(mask, exp16(_mm512_sub_ps(_mm512_maskz_loadu_ps(mask, x + i), top)));
      if (e) _mm512_mask_storeu_ps(e + i, mask, term);
      lanes = _mm512_add_ps(lanes, term);
    }
    total += static_cast<double>(fold16(lanes));
  }
  return total;
}

}  // namespace

void softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const double total = sum_of_exp(x, call->n, set(largest(x, call->n)), y);
    const __m512 factor = set(total == 0 ? 0.0f : static_cast<float>(1.0 / total));
    for (int64_t i = 0; i < call->n; i += 16) {
      const __mmask16 mask = rest(call->n - i);
      _mm512_mask_storeu_ps(y + i, mask, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, y + i), factor));
    }
    write_row(call->out, row, y, call->n);
  }
}

void log_softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const __m512 top = set(largest(x, call->n));
    const double total = sum_of_exp(x, call->n, top, nullptr);
    const __m512 less = set(total == 0 ? INFINITY : static_cast<float>(log(total)));
    for (int64_t i = 0; i < call->n; i += 16) {
      const __mmask16 mask = rest(call->n - i);
      const __m512 below = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, x + i), top);
      _mm512_mask_storeu_ps(y + i, mask, _mm512_sub_ps(below, less));
    }
    write_row(call->out, row, y, call->n);
  }
}

}  // namespace qv_avx512vnni
