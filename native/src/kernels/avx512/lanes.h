// The 16 lanes of kernels/lanes on AVX-512: one register. Masks cut off what lies beyond a row's end.
#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace qv_avx512 {

using Floats = __m512;
using Words = __m512i;

static inline Floats set(float value) { return _mm512_set1_ps(value); }
static inline Words set_words(int32_t value) { return _mm512_set1_epi32(value); }

static inline Floats add(Floats a, Floats b) { return _mm512_add_ps(a, b); }
static inline Floats subtract(Floats a, Floats b) { return _mm512_sub_ps(a, b); }
static inline Floats multiply(Floats a, Floats b) { return _mm512_mul_ps(a, b); }
static inline Floats divide(Floats a, Floats b) { return _mm512_div_ps(a, b); }
static inline Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }

// Returns the larger, or the second operand if either is NaN.
static inline Floats larger(Floats a, Floats b) { return _mm512_max_ps(a, b); }
static inline Floats smaller(Floats a, Floats b) { return _mm512_min_ps(a, b); }

static inline Floats negate(Floats x) { return _mm512_xor_ps(x, set(-0.0f)); }

static inline Floats round_even(Floats x) {
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

// Returns yes where x < limit (or > limit), and no elsewhere and for NaN.
static inline Floats where_below(Floats x, float limit, Floats yes, Floats no) {
  return _mm512_mask_mov_ps(no, _mm512_cmp_ps_mask(x, set(limit), _CMP_LT_OQ), yes);
}
static inline Floats where_above(Floats x, float limit, Floats yes, Floats no) {
  return _mm512_mask_mov_ps(no, _mm512_cmp_ps_mask(x, set(limit), _CMP_GT_OQ), yes);
}

// Rounds to the nearest integer, ties to even.
static inline Words to_words(Floats x) { return _mm512_cvtps_epi32(x); }
static inline Floats to_floats(Words x) { return _mm512_cvtepi32_ps(x); }

// Returns x * 2^power by adding to the exponent.
static inline Floats times_power(Floats x, Floats power) {
  return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(x), _mm512_slli_epi32(to_words(power), 23)));
}

static inline Words add(Words a, Words b) { return _mm512_add_epi32(a, b); }
static inline Words subtract(Words a, Words b) { return _mm512_sub_epi32(a, b); }
static inline Words multiply(Words a, Words b) { return _mm512_mullo_epi32(a, b); }
static inline int32_t first_word(Words x) { return _mm512_cvtsi512_si32(x); }

static inline __mmask16 first(int64_t lanes) {
  return lanes >= 16 ? static_cast<__mmask16>(0xffff) : static_cast<__mmask16>((1u << lanes) - 1);
}

// Loads all lanes or the first of them. In the second case the others are 0 and their memory is not touched.
static inline Floats load(const float* from) { return _mm512_loadu_ps(from); }
static inline Words load_words(const int32_t* from) { return _mm512_loadu_si512(from); }
static inline Floats load(const float* from, int64_t lanes) {
  return lanes >= 16 ? load(from) : _mm512_maskz_loadu_ps(first(lanes), from);
}
static inline Floats keep(Floats x, int64_t lanes) { return lanes >= 16 ? x : _mm512_maskz_mov_ps(first(lanes), x); }

static inline void store(float* to, int64_t lanes, Floats x) {
  if (lanes >= 16) return _mm512_storeu_ps(to, x);
  _mm512_mask_storeu_ps(to, first(lanes), x);
}

// Stores the low bytes of words.
static inline void store_bytes(uint8_t* to, int64_t lanes, Words x) {
  const __m128i bytes = _mm512_cvtepi32_epi8(x);
  if (lanes >= 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  _mm_mask_storeu_epi8(to, first(lanes), bytes);
}

// Returns the sum of the lanes, folded by halves.
static inline float fold(Floats lanes) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lanes), _mm512_extractf32x8_ps(lanes, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// Returns the largest lane, if none is NaN.
static inline float largest_lane(Floats x) { return _mm512_reduce_max_ps(x); }

}  // namespace qv_avx512
