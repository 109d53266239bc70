// The steps of scalar/vector_math.h on 16 floats.
#pragma once

#include <immintrin.h>
#include <stdint.h>

#include "kernels/constants.h"
#include "quantvoice.h"

namespace qv_avx512vnni {

static inline __m512 set(float value) { return _mm512_set1_ps(value); }

static inline __mmask16 first(int lanes) {
  return lanes >= 16 ? static_cast<__mmask16>(0xffff) : static_cast<__mmask16>((1u << lanes) - 1);
}

static inline __m512 exp16(__m512 x) {
  const __m512 clamped = _mm512_min_ps(set(qv::kExpHigh), _mm512_max_ps(set(qv::kExpLow), x));
  const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(clamped, set(qv::kLog2E)),
                                        _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  __m512 r = _mm512_fnmadd_ps(n, set(qv::kLn2High), clamped);
  r = _mm512_fnmadd_ps(n, set(qv::kLn2Low), r);
  __m512 p = _mm512_fmadd_ps(set(qv::kExp0), r, set(qv::kExp1));
  p = _mm512_fmadd_ps(p, r, set(qv::kExp2));
  p = _mm512_fmadd_ps(p, r, set(qv::kExp3));
  p = _mm512_fmadd_ps(p, r, set(qv::kExp4));
  p = _mm512_fmadd_ps(p, r, set(qv::kExp5));
  p = _mm512_add_ps(_mm512_fmadd_ps(p, _mm512_mul_ps(r, r), r), set(1.0f));
  const __m512i power = _mm512_slli_epi32(_mm512_cvtps_epi32(n), 23);
  const __m512 scaled = _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), power));
  const __mmask16 normal = _mm512_cmp_ps_mask(x, set(qv::kExpLow), _CMP_NLT_UQ);
  return _mm512_maskz_mov_ps(normal, scaled);
}

static inline __m512 gelu16(__m512 x) {
  const __m512 square = _mm512_mul_ps(x, x);
  const __m512 held = _mm512_min_ps(square, set(qv::kGeluLimit));
  const __m512 at = _mm512_fmadd_ps(held, set(qv::kGeluStep), set(-1.0f));
  __m512 q = set(qv::kGelu[qv::kGeluTerms - 1]);
#pragma GCC unroll 16
  for (int i = qv::kGeluTerms - 2; i >= 0; i--) q = _mm512_fmadd_ps(q, at, set(qv::kGelu[i]));
  const __m512 inside = _mm512_fmadd_ps(x, set(0.5f), _mm512_mul_ps(held, q));
  const __mmask16 outside = _mm512_cmp_ps_mask(square, set(qv::kGeluLimit), _CMP_GT_OQ);
  return _mm512_mask_max_ps(inside, outside, x, _mm512_setzero_ps());
}

static inline __m512 silu16(__m512 x) {
  const __m512 minus = _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(x), _mm512_set1_epi32(INT32_MIN)));
  return _mm512_div_ps(x, _mm512_add_ps(set(1.0f), exp16(minus)));
}

static inline __m512 activate16(__m512 x, int activation, __m512 alpha) {
  switch (activation) {
    case QV_ACT_RELU: return _mm512_max_ps(x, _mm512_setzero_ps());
    case QV_ACT_GELU: return gelu16(x);
    case QV_ACT_LEAKY_RELU:
      return _mm512_mask_mul_ps(x, _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ), x, alpha);
    case QV_ACT_SILU: return silu16(x);
    default: return x;
  }
}

// low, high: the limits less the zero point, as floats; so the sum with it fits a byte.
static inline __m512i quantize16(__m512 x, __m512 inverse_scale, __m512 low, __m512 high, __m512i zero) {
  const __m512 t = _mm512_min_ps(_mm512_max_ps(_mm512_mul_ps(x, inverse_scale), low), high);
  return _mm512_add_epi32(_mm512_cvtps_epi32(t), zero);
}

static inline __m256i bfloat16x16(__m512 x) {
  const __m512i bits = _mm512_castps_si512(x);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
  const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
  const __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  return _mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_mask_mov_epi32(rounded, nan, quiet), 16));
}

}  // namespace qv_avx512vnni
