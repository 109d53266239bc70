// Attention on AVX-512 BF16: both products as bf16 dot products with float accumulation, softmax in float.
// A block of queries keeps its score rows in L2; keys and values are packed into dot-product panels once a head.
#include "../attention.h"

#include <immintrin.h>

#include "../avx512/pack_words.h"
#include "round_chunk.h"

namespace {
constexpr int64_t BLOCK = 24;     // query rows whose scores are in cache at once
constexpr int64_t ROWS_QK = 12;   // 12 rows x 2 vectors of keys = 24 accumulators
constexpr int64_t ROWS_PV = 6;    // 6 rows x up to 4 vectors of d = 24 accumulators
constexpr int64_t MAX_D = 128;
constexpr float LOG2_E = 1.44269504f;
constexpr float C0 = 0.99992807f, C1 = 0.69326099f, C2 = 0.24261112f, C3 = 0.05517167f;  // 2^f, |f| <= 1/2: 7.5e-5

inline int64_t round_up(int64_t x, int64_t to) { return (x + to - 1) / to * to; }
inline int64_t padded_keys(int64_t keys) { return round_up(keys, 32); }

bool takes(int64_t keys, int64_t d) { return keys >= 1 && d % 16 == 0 && d >= 16 && d <= MAX_D; }

// k panels [keys/32][d/2][32][2], then v panels [keys/2][d][2]
size_t packed_bytes(int64_t keys, int64_t d) { return (size_t)(padded_keys(keys) * d * 2 * 2 + 64); }

// queries bf16 [BLOCK][d], scores float [BLOCK][padded]; probabilities bf16 overwrite their own scores row
size_t scratch_bytes(int64_t keys, int64_t d) {
  return (size_t)(round_up(BLOCK * d * 2, 64) + BLOCK * (padded_keys(keys) + 16) * 4 + 128);
}

inline char *aligned(void *p) { return (char *)(((uintptr_t)p + 63) & ~(uintptr_t)63); }

// 16 dwords, each the bf16 of even in its low half and of odd in its high half
inline __m512i pairs_of(__m512 even, __m512 odd) {
  const __m512i low = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const __m512i both = _mm512_or_si512(low, _mm512_slli_epi32(_mm512_add_epi32(low, _mm512_set1_epi32(16)), 16));
  return _mm512_permutexvar_epi16(both, (__m512i)_mm512_cvtne2ps_pbh(odd, even));
}

// 16 keys to 16 neighbours of each row of a panel; those behind the last key are 0.
void pack_keys(const qv_attention_args *a, int64_t first, uint32_t *panel) {
  for (int64_t c = 0; c < a->d; c += 32) {
    __m512i words[16];
    for (int64_t j = 0; j < 16; j++) {
      const float *key = a->k + (first + j) * a->k_ld + c;
      words[j] = first + j < a->keys ? qv_avx512bf16::round_chunk(key, (int)(a->d - c)) : _mm512_setzero_si512();
    }
    qv_avx512::transpose(words);
    const int64_t rows = a->d - c > 16 ? 16 : 8;
    for (int64_t i = 0; i < rows; i++) _mm512_store_si512(panel + (c / 2 + i) * 32, words[i]);
  }
}

void pack(const qv_attention_args *a) {
  const int64_t d = a->d, keys = a->keys, padded = padded_keys(keys);
  uint32_t *kp = (uint32_t *)aligned(a->packed);
  for (int64_t key = 0; key < padded; key += 16) pack_keys(a, key, kp + key / 32 * 32 * (d / 2) + key % 32);
  uint32_t *vp = kp + padded * (d / 2);
  for (int64_t t = 0; t < padded; t += 2) {
    for (int64_t c = 0; c < d; c += 16) {
      __m512 even = t < keys ? _mm512_loadu_ps(a->v + t * a->v_ld + c) : _mm512_setzero_ps();
      __m512 odd = t + 1 < keys ? _mm512_loadu_ps(a->v + (t + 1) * a->v_ld + c) : _mm512_setzero_ps();
      _mm512_store_si512(vp + (t / 2) * d + c, pairs_of(even, odd));
    }
  }
}

template <int R>
struct Height {
  static constexpr int value = R;
};

template <int R>
void scores_tile(const uint32_t *q, int64_t q_ld, const uint32_t *kp, int64_t pairs, float *s, int64_t s_ld) {
  __m512 acc[R][2];
  for (int r = 0; r < R; r++) acc[r][0] = acc[r][1] = _mm512_setzero_ps();
  for (int64_t p = 0; p < pairs; p++) {
    const __m512bh b0 = (__m512bh)_mm512_load_si512(kp + p * 32);
    const __m512bh b1 = (__m512bh)_mm512_load_si512(kp + p * 32 + 16);
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
      const __m512bh x = (__m512bh)_mm512_set1_epi32((int)q[r * q_ld + p]);
      acc[r][0] = _mm512_dpbf16_ps(acc[r][0], x, b0);
      acc[r][1] = _mm512_dpbf16_ps(acc[r][1], x, b1);
    }
  }
  for (int r = 0; r < R; r++) {
    _mm512_store_ps(s + r * s_ld, acc[r][0]);
    _mm512_store_ps(s + r * s_ld + 16, acc[r][1]);
  }
}

template <int R, int Z>
inline void values_tile(const float *p, int64_t p_ld, const uint32_t *vp, int64_t d, int64_t pairs, const float *norm,
                        float *out, int64_t out_ld) {
  __m512 acc[R][Z];
  for (int r = 0; r < R; r++)
    for (int z = 0; z < Z; z++) acc[r][z] = _mm512_setzero_ps();
  for (int64_t t = 0; t < pairs; t++) {
    __m512bh b[Z];
#pragma GCC unroll 4
    for (int z = 0; z < Z; z++) b[z] = (__m512bh)_mm512_loadu_si512(vp + t * d + z * 16);
#pragma GCC unroll 6
    for (int r = 0; r < R; r++) {
      const __m512bh x = (__m512bh)_mm512_set1_epi32(((const int *)(p + r * p_ld))[t]);
#pragma GCC unroll 4
      for (int z = 0; z < Z; z++) acc[r][z] = _mm512_dpbf16_ps(acc[r][z], x, b[z]);
    }
  }
  for (int r = 0; r < R; r++)
    for (int z = 0; z < Z; z++)
      _mm512_storeu_ps(out + r * out_ld + z * 16, _mm512_mul_ps(acc[r][z], _mm512_set1_ps(norm[r])));
}

template <int Z>
void values(int rows, const float *p, int64_t p_ld, const uint32_t *vp, int64_t d, int64_t pairs, const float *norm,
            float *out, int64_t out_ld) {
  const auto tile = [&](auto height, int r) {
    values_tile<decltype(height)::value, Z>(p + r * p_ld, p_ld, vp, d, pairs, norm + r, out + r * out_ld, out_ld);
  };
  const int tiles = (rows + ROWS_PV - 1) / ROWS_PV;
  for (int t = 0; t < tiles; t++) {
    const int r = rows * t / tiles;
    switch (rows * (t + 1) / tiles - r) {
      case 6: tile(Height<6>(), r); break;
      case 5: tile(Height<5>(), r); break;
      case 4: tile(Height<4>(), r); break;
      case 3: tile(Height<3>(), r); break;
      case 2: tile(Height<2>(), r); break;
      default: tile(Height<1>(), r);
    }
  }
}

// 2^x for x <= 0, to half a bfloat16 unit; below -126 it fades to 0.
inline __m512 exp2_negative(__m512 x) {
  const __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 f = _mm512_sub_ps(x, n);
  __m512 y = _mm512_fmadd_ps(f, _mm512_set1_ps(C3), _mm512_set1_ps(C2));
  y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(C1));
  y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(C0));
  return _mm512_scalef_ps(y, n);
}

const float LOWEST = -3.0e38f;  // the score of a key that is closed

inline __mmask16 live_lanes(int64_t keys) { return keys >= 16 ? 0xFFFF : keys <= 0 ? 0 : (__mmask16)((1u << keys) - 1); }

// Scores are in units of ln 2. Adds the mask, closes the keys that are padding, returns the largest score.
float prepare_row(float *s, int64_t keys, int64_t padded, const float *mask) {
  const __m512 lowest = _mm512_set1_ps(LOWEST);
  __m512 top = lowest;
  int64_t j = 0;
  if (!mask)
    for (; j + 16 <= keys; j += 16) top = _mm512_max_ps(top, _mm512_load_ps(s + j));
  for (; j < padded; j += 16) {
    const __mmask16 live = live_lanes(keys - j);
    __m512 x = _mm512_load_ps(s + j);
    if (mask) x = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(live, mask + j), _mm512_set1_ps(LOG2_E), x);
    x = _mm512_mask_max_ps(lowest, live, lowest, x);  // in this order NaN stays
    _mm512_store_ps(s + j, x);
    top = _mm512_max_ps(top, x);
  }
  return _mm512_reduce_max_ps(top);
}

// Turns one row of scores into unnormalised bf16 probabilities in place; returns 1 / their sum, 0 if no key is open.
float softmax_row(float *s, int64_t keys, int64_t padded, const float *mask) {
  const float highest = prepare_row(s, keys, padded, mask);
  const __m512 top = _mm512_set1_ps(highest);
  __m512 sum0 = _mm512_setzero_ps(), sum1 = sum0;
  for (int64_t j = 0; j < padded; j += 32) {
    const __m512 a = exp2_negative(_mm512_sub_ps(_mm512_load_ps(s + j), top));
    const __m512 b = exp2_negative(_mm512_sub_ps(_mm512_load_ps(s + j + 16), top));
    sum0 = _mm512_add_ps(sum0, a);
    sum1 = _mm512_add_ps(sum1, b);
    _mm512_store_si512((uint16_t *)s + j, (__m512i)_mm512_cvtne2ps_pbh(b, a));
  }
  return highest == LOWEST ? 0 : 1.0f / _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
}

using ScoresTile = void (*)(const uint32_t *q, int64_t q_ld, const uint32_t *kp, int64_t pairs, float *s, int64_t s_ld);
const ScoresTile SCORES[ROWS_QK + 1] = {nullptr, scores_tile<1>, scores_tile<2>, scores_tile<3>, scores_tile<4>,
                                        scores_tile<5>, scores_tile<6>, scores_tile<7>, scores_tile<8>, scores_tile<9>,
                                        scores_tile<10>, scores_tile<11>, scores_tile<12>};

void rows(const qv_attention_args *a, int64_t row0, int64_t row1) {
  const int64_t d = a->d, padded = padded_keys(a->keys), pairs = d / 2;
  const uint32_t *kp = (const uint32_t *)aligned(a->packed);
  const uint32_t *vp = kp + padded * pairs;
  char *scratch = aligned(a->scratch);
  uint32_t *q = (uint32_t *)scratch;
  float *s = (float *)(scratch + round_up(BLOCK * d * 2, 64));
  const int64_t s_ld = padded + 16;  // off the power of two, so that rows do not share cache sets
  const __m512 scale = _mm512_set1_ps(a->scale * LOG2_E);
  alignas(64) float norm[BLOCK];
  const int64_t blocks = (row1 - row0 + BLOCK - 1) / BLOCK;
  for (int64_t i = 0; i < blocks; i++) {
    const int64_t base = row0 + (row1 - row0) * i / blocks;
    const int n = (int)(row0 + (row1 - row0) * (i + 1) / blocks - base);
    for (int r = 0; r < n; r++)
      for (int64_t c = 0; c < d; c += 16)
        _mm256_store_si256((__m256i *)((uint16_t *)(q + r * pairs) + c),
                           (__m256i)_mm512_cvtneps_pbh(_mm512_mul_ps(scale, _mm512_loadu_ps(a->q + (base + r) * a->q_ld + c))));
    const int tiles = (n + (int)ROWS_QK - 1) / (int)ROWS_QK;
    for (int64_t j = 0; j < padded; j += 32) {
      for (int t = 0; t < tiles; t++) {
        const int r = n * t / tiles;
        SCORES[n * (t + 1) / tiles - r](q + r * pairs, pairs, kp + j * pairs, pairs, s + r * s_ld + j, s_ld);
      }
    }
    for (int r = 0; r < n; r++) norm[r] = softmax_row(s + r * s_ld, a->keys, padded, qv_mask_of(a, base + r));
    for (int64_t c = 0; c < d; c += 64) {
      float *out = a->out + base * a->out_ld + c;
      const int64_t left = d - c;
      if (left >= 64) values<4>(n, s, s_ld, vp + c, d, padded / 2, norm, out, a->out_ld);
      else if (left == 48) values<3>(n, s, s_ld, vp + c, d, padded / 2, norm, out, a->out_ld);
      else if (left == 32) values<2>(n, s, s_ld, vp + c, d, padded / 2, norm, out, a->out_ld);
      else values<1>(n, s, s_ld, vp + c, d, padded / 2, norm, out, a->out_ld);
    }
  }
}
}  // namespace

extern "C" const qv_attention_kernel qv_attention_avx512bf16 = {"attention_avx512bf16", takes, packed_bytes, scratch_bytes,
                                                                pack, rows};
