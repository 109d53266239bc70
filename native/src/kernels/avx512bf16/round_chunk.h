#pragma once

#include <immintrin.h>

namespace qv_avx512bf16 {

// Returns the next 32 floats of a row, of which `left` remain, rounded to bfloat16, with 0 for those beyond the end.
static inline __m512i round_chunk(const float* row, int left) {
  const __mmask16 low = left >= 16 ? 0xffff : static_cast<__mmask16>((1u << left) - 1);
  const __mmask16 high = left >= 32 ? 0xffff : left <= 16 ? 0 : static_cast<__mmask16>((1u << (left - 16)) - 1);
  const __m512 a = _mm512_maskz_loadu_ps(low, row);
  const __m512 b = high ? _mm512_maskz_loadu_ps(high, row + 16) : _mm512_setzero_ps();
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(b, a));
}

}  // namespace qv_avx512bf16
