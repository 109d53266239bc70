// See scalar/row_output.h.
#pragma once

#include "dispatch/kernel_table.h"
#include "kernels/avx512vnni/vector_math.h"

namespace qv_avx512vnni {

static inline __mmask16 rest(int64_t lanes) { return first(lanes < 16 ? static_cast<int>(lanes) : 16); }

static inline float fold16(__m512 lanes) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lanes), _mm512_extractf32x8_ps(lanes, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

static inline float* float_row(const qv::RowOutput& out, int64_t row, float* scratch) {
  return out.output == QV_OUT_FLOAT32 ? static_cast<float*>(out.data) + row * out.stride : scratch;
}

static inline void choose_range(const qv::RowOutput& out, int64_t row, float low, float high, float* inverse, int* zero) {
  const float range = high - low;
  const bool flat = !(range > 1e-30f);
  *inverse = flat ? 1.0f : 255.0f / range;
  const __m512i exact = quantize16(set(-low), set(*inverse), set(0), set(255), _mm512_setzero_si512());
  *zero = flat ? 0 : _mm512_cvtsi512_si32(exact);
  out.row_scale[row] = flat ? 1.0f : range / 255.0f;
  out.row_zero[row] = *zero;
}

static inline void write_row(const qv::RowOutput& out, int64_t row, const float* y, int64_t n) {
  if (out.output == QV_OUT_FLOAT32) return;
  float inverse = 1.0f / out.scale;
  int zero = out.zero;
  if (out.row_scale) {
    __m512 low = _mm512_setzero_ps(), high = low;
    for (int64_t i = 0; i < n; i += 16) {
      const __m512 x = _mm512_maskz_loadu_ps(rest(n - i), y + i);
      low = _mm512_min_ps(x, low);
      high = _mm512_max_ps(x, high);
    }
    choose_range(out, row, _mm512_reduce_min_ps(low), _mm512_reduce_max_ps(high), &inverse, &zero);
  }
  auto* to = static_cast<uint8_t*>(out.data) + row * out.stride;
  const __m512 factor = set(inverse), least = set(static_cast<float>(-zero)), most = set(static_cast<float>(255 - zero));
  const __m512i offset = _mm512_set1_epi32(zero);
  for (int64_t i = 0; i < n; i += 16) {
    const __mmask16 mask = rest(n - i);
    const __m512i q = quantize16(_mm512_maskz_loadu_ps(mask, y + i), factor, least, most, offset);
    _mm_mask_storeu_epi8(to + i, mask, _mm512_cvtepi32_epi8(q));
  }
}

}  // namespace qv_avx512vnni
