// See scalar/softmax.cc.
#include <math.h>

#include "kernels/avx2/row_output.h"

namespace qv_avx2 {
namespace {

float largest(const float* x, int64_t n) {
  __m256 top = set(-INFINITY);
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) top = _mm256_max_ps(_mm256_loadu_ps(x + i), top);
  if (i < n) {
    const __m256i mask = first(static_cast<int>(n - i));
    const __m256 tail = _mm256_blendv_ps(set(-INFINITY), _mm256_maskload_ps(x + i, mask), _mm256_castsi256_ps(mask));
    top = _mm256_max_ps(tail, top);
  }
  const float value = reduce_max(top);
  return value == -INFINITY ? 0.0f : value;
}

inline __m256 add_exp(const float* x, int64_t lanes, __m256 top, float* e, __m256 to) {
  const __m256 term = keep(exp8(_mm256_sub_ps(load(x, lanes), top)), lanes);
  if (e) store(e, lanes, term);
  return _mm256_add_ps(to, term);
}

double sum_of_exp(const float* x, int64_t n, __m256 top, float* e) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    __m256 low = _mm256_setzero_ps(), high = low;
    for (int64_t i = block; i < end; i += 16) {
      low = add_exp(x + i, end - i, top, e ? e + i : nullptr, low);
      if (end - i > 8) high = add_exp(x + i + 8, end - i - 8, top, e ? e + i + 8 : nullptr, high);
    }
    total += static_cast<double>(fold16(low, high));
  }
  return total;
}

}  // namespace

void softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const double total = sum_of_exp(x, call->n, set(largest(x, call->n)), y);
    const __m256 factor = set(total == 0 ? 0.0f : static_cast<float>(1.0 / total));
    for (int64_t i = 0; i < call->n; i += 8) {
      const int64_t lanes = call->n - i;
      store(y + i, lanes, _mm256_mul_ps(load(y + i, lanes), factor));
    }
    write_row(call->out, row, y, call->n);
  }
}

void log_softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const __m256 top = set(largest(x, call->n));
    const double total = sum_of_exp(x, call->n, top, nullptr);
    const __m256 less = set(total == 0 ? INFINITY : static_cast<float>(log(total)));
    for (int64_t i = 0; i < call->n; i += 8) {
      const int64_t lanes = call->n - i;
      store(y + i, lanes, _mm256_sub_ps(_mm256_sub_ps(load(x + i, lanes), top), less));
    }
    write_row(call->out, row, y, call->n);
  }
}

}  // namespace qv_avx2
