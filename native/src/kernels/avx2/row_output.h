// See scalar/row_output.h. 16 partial sums are a pair of registers.
#pragma once

#include "dispatch/kernel_table.h"
#include "kernels/avx2/vector_math.h"

namespace qv_avx2 {

// Up to 8 values; 0 where there are none.
static inline __m256 load(const float* from, int64_t lanes) {
  return lanes >= 8 ? _mm256_loadu_ps(from) : _mm256_maskload_ps(from, first(static_cast<int>(lanes)));
}

static inline void store(float* to, int64_t lanes, __m256 x) {
  if (lanes >= 8) {
    _mm256_storeu_ps(to, x);
  } else {
    _mm256_maskstore_ps(to, first(static_cast<int>(lanes)), x);
  }
}

static inline __m256 keep(__m256 x, int64_t lanes) {
  return lanes >= 8 ? x : _mm256_and_ps(x, _mm256_castsi256_ps(first(static_cast<int>(lanes))));
}

static inline float fold16(__m256 low, __m256 high) {
  const __m256 eight = _mm256_add_ps(low, high);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

static inline float reduce_max(__m256 x) {
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

static inline float* float_row(const qv::RowOutput& out, int64_t row, float* scratch) {
  return out.output == QV_OUT_FLOAT32 ? static_cast<float*>(out.data) + row * out.stride : scratch;
}

static inline void choose_range(const qv::RowOutput& out, int64_t row, float low, float high, float* inverse, int* zero) {
  const float range = high - low;
  const bool flat = !(range > 1e-30f);
  *inverse = flat ? 1.0f : 255.0f / range;
  const __m256i exact = quantize8(set(-low), set(*inverse), set(0), set(255), _mm256_setzero_si256());
  *zero = flat ? 0 : _mm256_cvtsi256_si32(exact);
  out.row_scale[row] = flat ? 1.0f : range / 255.0f;
  out.row_zero[row] = *zero;
}

static inline void write_row(const qv::RowOutput& out, int64_t row, const float* y, int64_t n) {
  if (out.output == QV_OUT_FLOAT32) return;
  float inverse = 1.0f / out.scale;
  int zero = out.zero;
  if (out.row_scale) {
    __m256 low = _mm256_setzero_ps(), high = low;
    for (int64_t i = 0; i < n; i += 8) {
      const __m256 x = load(y + i, n - i);
      low = _mm256_min_ps(x, low);
      high = _mm256_max_ps(x, high);
    }
    choose_range(out, row, -reduce_max(negate(low)), reduce_max(high), &inverse, &zero);
  }
  auto* to = static_cast<uint8_t*>(out.data) + row * out.stride;
  const __m256 factor = set(inverse), least = set(static_cast<float>(-zero)), most = set(static_cast<float>(255 - zero));
  const __m256i offset = _mm256_set1_epi32(zero);
  for (int64_t i = 0; i < n; i += 8) {
    const uint64_t q = bytes8(quantize8(load(y + i, n - i), factor, least, most, offset));
    memcpy(to + i, &q, n - i < 8 ? static_cast<size_t>(n - i) : 8);
  }
}

}  // namespace qv_avx2
