// The steps of scalar/vector_math.h on 8 floats.
#pragma once

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "kernels/constants.h"
#include "quantvoice.h"

namespace qv_avx2 {

static inline __m256 set(float value) { return _mm256_set1_ps(value); }

static inline __m256i first(int lanes) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline __m256 negate(__m256 x) { return _mm256_xor_ps(x, set(-0.0f)); }

static inline __m256 exp8(__m256 x) {
  const __m256 clamped = _mm256_min_ps(set(qv::kExpHigh), _mm256_max_ps(set(qv::kExpLow), x));
  const __m256 n = _mm256_round_ps(_mm256_mul_ps(clamped, set(qv::kLog2E)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  __m256 r = _mm256_fnmadd_ps(n, set(qv::kLn2High), clamped);
  r = _mm256_fnmadd_ps(n, set(qv::kLn2Low), r);
  __m256 p = _mm256_fmadd_ps(set(qv::kExp0), r, set(qv::kExp1));
  p = _mm256_fmadd_ps(p, r, set(qv::kExp2));
  p = _mm256_fmadd_ps(p, r, set(qv::kExp3));
  p = _mm256_fmadd_ps(p, r, set(qv::kExp4));
  p = _mm256_fmadd_ps(p, r, set(qv::kExp5));
  p = _mm256_add_ps(_mm256_fmadd_ps(p, _mm256_mul_ps(r, r), r), set(1.0f));
  const __m256i power = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
  const __m256 scaled = _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), power));
  return _mm256_and_ps(scaled, _mm256_cmp_ps(x, set(qv::kExpLow), _CMP_NLT_UQ));
}

static inline __m256 gelu8(__m256 x) {
  const __m256 square = _mm256_mul_ps(x, x);
  const __m256 held = _mm256_min_ps(square, set(qv::kGeluLimit));
  const __m256 at = _mm256_fmadd_ps(held, set(qv::kGeluStep), set(-1.0f));
  __m256 q = set(qv::kGelu[qv::kGeluTerms - 1]);
#pragma GCC unroll 16
  for (int i = qv::kGeluTerms - 2; i >= 0; i--) q = _mm256_fmadd_ps(q, at, set(qv::kGelu[i]));
  const __m256 inside = _mm256_fmadd_ps(x, set(0.5f), _mm256_mul_ps(held, q));
  const __m256 outside = _mm256_cmp_ps(square, set(qv::kGeluLimit), _CMP_GT_OQ);
  return _mm256_blendv_ps(inside, _mm256_max_ps(x, _mm256_setzero_ps()), outside);
}

static inline __m256 activate8(__m256 x, int activation, __m256 alpha) {
  switch (activation) {
    case QV_ACT_RELU: return _mm256_max_ps(x, _mm256_setzero_ps());
    case QV_ACT_GELU: return gelu8(x);
    case QV_ACT_LEAKY_RELU:
      return _mm256_blendv_ps(x, _mm256_mul_ps(x, alpha), _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ));
    case QV_ACT_SILU: return _mm256_div_ps(x, _mm256_add_ps(set(1.0f), exp8(negate(x))));
    default: return x;
  }
}

// low, high: the limits less the zero point, as floats; so the sum with it fits a byte.
static inline __m256i quantize8(__m256 x, __m256 inverse_scale, __m256 low, __m256 high, __m256i zero) {
  const __m256 t = _mm256_min_ps(_mm256_max_ps(_mm256_mul_ps(x, inverse_scale), low), high);
  return _mm256_add_epi32(_mm256_cvtps_epi32(t), zero);
}

// The low bytes of 8 words.
static inline uint64_t bytes8(__m256i words) {
  const __m256i pick = _mm256_set1_epi32(0x0c080400);
  const __m256i packed = _mm256_shuffle_epi8(words, pick);
  const uint32_t low = static_cast<uint32_t>(_mm256_extract_epi32(packed, 0));
  const uint32_t high = static_cast<uint32_t>(_mm256_extract_epi32(packed, 4));
  return low | static_cast<uint64_t>(high) << 32;
}

// As 8 words that each hold a bfloat16 in their low half.
static inline __m256i bfloat16x8(__m256 x) {
  const __m256i bits = _mm256_castps_si256(x);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd);
  const __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
  const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
  return _mm256_srli_epi32(_mm256_blendv_epi8(rounded, quiet, nan), 16);
}

}  // namespace qv_avx2
