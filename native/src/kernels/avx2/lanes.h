// The 16 lanes of kernels/lanes on AVX2: two registers, so that two chains of operations overlap.
#pragma once

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

namespace qv_avx2 {

struct Floats {
  __m256 low, high;
};
struct Words {
  __m256i low, high;
};

static inline Floats set(float value) { return {_mm256_set1_ps(value), _mm256_set1_ps(value)}; }
static inline Words set_words(int32_t value) { return {_mm256_set1_epi32(value), _mm256_set1_epi32(value)}; }

static inline Floats add(Floats a, Floats b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
static inline Floats subtract(Floats a, Floats b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
static inline Floats multiply(Floats a, Floats b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
static inline Floats divide(Floats a, Floats b) { return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)}; }
static inline Floats fma(Floats a, Floats b, Floats c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}

// Returns the larger, or the second operand if either is NaN.
static inline Floats larger(Floats a, Floats b) { return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)}; }
static inline Floats smaller(Floats a, Floats b) { return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)}; }

static inline Floats negate(Floats x) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_xor_ps(x.low, sign), _mm256_xor_ps(x.high, sign)};
}

static inline Floats round_even(Floats x) {
  constexpr int kEven = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  return {_mm256_round_ps(x.low, kEven), _mm256_round_ps(x.high, kEven)};
}

static inline Floats select(Floats mask, Floats yes, Floats no) {
  return {_mm256_blendv_ps(no.low, yes.low, mask.low), _mm256_blendv_ps(no.high, yes.high, mask.high)};
}

// Returns yes where x < limit (or > limit), and no elsewhere and for NaN.
static inline Floats where_below(Floats x, float limit, Floats yes, Floats no) {
  const __m256 bound = _mm256_set1_ps(limit);
  return select({_mm256_cmp_ps(x.low, bound, _CMP_LT_OQ), _mm256_cmp_ps(x.high, bound, _CMP_LT_OQ)}, yes, no);
}
static inline Floats where_above(Floats x, float limit, Floats yes, Floats no) {
  const __m256 bound = _mm256_set1_ps(limit);
  return select({_mm256_cmp_ps(x.low, bound, _CMP_GT_OQ), _mm256_cmp_ps(x.high, bound, _CMP_GT_OQ)}, yes, no);
}

// Rounds to the nearest integer, ties to even.
static inline Words to_words(Floats x) { return {_mm256_cvtps_epi32(x.low), _mm256_cvtps_epi32(x.high)}; }
static inline Floats to_floats(Words x) { return {_mm256_cvtepi32_ps(x.low), _mm256_cvtepi32_ps(x.high)}; }

static inline Words add(Words a, Words b) { return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)}; }
static inline Words subtract(Words a, Words b) { return {_mm256_sub_epi32(a.low, b.low), _mm256_sub_epi32(a.high, b.high)}; }
static inline Words multiply(Words a, Words b) {
  return {_mm256_mullo_epi32(a.low, b.low), _mm256_mullo_epi32(a.high, b.high)};
}
static inline int32_t first_word(Words x) { return _mm256_cvtsi256_si32(x.low); }

// Returns x * 2^power by adding to the exponent.
static inline Floats times_power(Floats x, Floats power) {
  const Words n = to_words(power);
  const Words sum = add(Words{_mm256_castps_si256(x.low), _mm256_castps_si256(x.high)},
                        Words{_mm256_slli_epi32(n.low, 23), _mm256_slli_epi32(n.high, 23)});
  return {_mm256_castsi256_ps(sum.low), _mm256_castsi256_ps(sum.high)};
}

// Returns words whose bits are all set in the first lanes.
static inline Words first(int64_t lanes) {
  const __m256i count = _mm256_set1_epi32(static_cast<int>(lanes));
  return {_mm256_cmpgt_epi32(count, _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
          _mm256_cmpgt_epi32(count, _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15))};
}

// Loads all lanes or the first of them. In the second case the others are 0 and their memory is not touched.
static inline Floats load(const float* from) { return {_mm256_loadu_ps(from), _mm256_loadu_ps(from + 8)}; }
static inline Words load_words(const int32_t* from) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 8))};
}
static inline Floats load(const float* from, int64_t lanes) {
  if (lanes >= 16) return load(from);
  const Words mask = first(lanes);
  return {_mm256_maskload_ps(from, mask.low), _mm256_maskload_ps(from + 8, mask.high)};
}
static inline Floats keep(Floats x, int64_t lanes) {
  if (lanes >= 16) return x;
  const Words mask = first(lanes);
  return {_mm256_and_ps(x.low, _mm256_castsi256_ps(mask.low)), _mm256_and_ps(x.high, _mm256_castsi256_ps(mask.high))};
}

static inline void store(float* to, int64_t lanes, Floats x) {
  if (lanes >= 16) {
    _mm256_storeu_ps(to, x.low);
    _mm256_storeu_ps(to + 8, x.high);
    return;
  }
  const Words mask = first(lanes);
  _mm256_maskstore_ps(to, mask.low, x.low);
  _mm256_maskstore_ps(to + 8, mask.high, x.high);
}

// Stores the low bytes of words of 0..255.
static inline void store_bytes(uint8_t* to, int64_t lanes, Words x) {
  const __m256i pick = _mm256_set1_epi32(0x0c080400);
  const __m256i both = _mm256_unpacklo_epi32(_mm256_shuffle_epi8(x.low, pick), _mm256_shuffle_epi8(x.high, pick));
  const __m128i pairs = _mm_unpacklo_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  if (lanes >= 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), pairs);
  memcpy(to, &pairs, static_cast<size_t>(lanes));
}

// Returns the sum of the lanes, folded by halves.
static inline float fold(Floats lanes) {
  const __m256 eight = _mm256_add_ps(lanes.low, lanes.high);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// Returns the largest lane, if none is NaN.
static inline float largest_lane(Floats x) {
  const __m256 eight = _mm256_max_ps(x.low, x.high);
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

}  // namespace qv_avx2
