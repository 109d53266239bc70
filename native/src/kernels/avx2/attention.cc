// Attention on AVX2 and FMA, float throughout: vectors of 8 floats, register tiles of 6 x 2.
#include "../attention.h"

#include <immintrin.h>
#include <string.h>

namespace {

struct Isa {
  static constexpr int kWidth = 8, kPanel = 16, kTall = 6;
  static constexpr bool kOwnTile = false;
  using F = __m256;

  static __m256i first(int64_t lanes) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes < 8 ? (int)lanes : 8), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static F set(float x) { return _mm256_set1_ps(x); }
  static F load(const float *p) { return _mm256_load_ps(p); }
  static F loadu(const float *p) { return _mm256_loadu_ps(p); }
  static F load_part(const float *p, int64_t n) { return n >= 8 ? loadu(p) : _mm256_maskload_ps(p, first(n)); }
  static void store(float *p, F x) { _mm256_store_ps(p, x); }
  static void storeu(float *p, F x) { _mm256_storeu_ps(p, x); }
  static void store_part(float *p, int64_t n, F x) { _mm256_maskstore_ps(p, first(n), x); }
  static F add(F a, F b) { return _mm256_add_ps(a, b); }
  static F sub(F a, F b) { return _mm256_sub_ps(a, b); }
  static F mul(F a, F b) { return _mm256_mul_ps(a, b); }
  static F fma(F a, F b, F c) { return _mm256_fmadd_ps(a, b, c); }
  static F max(F a, F b) { return _mm256_max_ps(a, b); }  // b if one is NaN

  static float reduce_max(F x) {
    __m128 y = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    y = _mm_max_ps(y, _mm_movehl_ps(y, y));
    return _mm_cvtss_f32(_mm_max_ss(y, _mm_movehdup_ps(y)));
  }

  static float reduce_add(F x) {
    __m128 y = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    y = _mm_add_ps(y, _mm_movehl_ps(y, y));
    return _mm_cvtss_f32(_mm_add_ss(y, _mm_movehdup_ps(y)));
  }

  // 2^x for x <= 0, to 2e-7 relative; 0 below -125, where the numbers end that all tiers scale alike; a NaN stays.
  static F exp2(F x) {
    const F held = _mm256_max_ps(set(-126.0f), x);
    const F n = _mm256_round_ps(held, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const F f = _mm256_sub_ps(held, n);
    F y = _mm256_fmadd_ps(set(1.5403530e-4f), f, set(1.3333558e-3f));
    y = _mm256_fmadd_ps(y, f, set(9.6181291e-3f));
    y = _mm256_fmadd_ps(y, f, set(5.5504109e-2f));
    y = _mm256_fmadd_ps(y, f, set(2.4022651e-1f));
    y = _mm256_fmadd_ps(y, f, set(6.9314718e-1f));
    y = _mm256_fmadd_ps(y, f, set(1.0f));
    const __m256i power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_and_ps(_mm256_mul_ps(y, _mm256_castsi256_ps(power)), _mm256_cmp_ps(x, set(-125.0f), _CMP_NLT_UQ));
  }

  // 8 rows of n words to the n first of the panel's rows, 8 words each.
  static void transpose(const uint32_t *words, int64_t ld, int64_t n, uint32_t *to, int64_t to_ld) {
    __m256 v[8], t[8];
    for (int i = 0; i < 8; i++) v[i] = _mm256_loadu_ps((const float *)words + i * ld);
    for (int i = 0; i < 8; i += 2) {
      t[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
      t[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
      v[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
      v[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
      v[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
      v[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
      t[i] = _mm256_permute2f128_ps(v[i], v[i + 4], 0x20);
      t[i + 4] = _mm256_permute2f128_ps(v[i], v[i + 4], 0x31);
    }
    for (int64_t i = 0; i < n; i++) _mm256_storeu_ps((float *)to + i * to_ld, t[i]);
  }
};

#include "../attention_blocks.inc"

#include "../attention_float.inc"
}  // namespace

extern "C" const qv_attention_kernel qv_attention_avx2 = {
    "attention_avx2",        takes_shape<FloatForm>, kBlockRows,
    packed_size<FloatForm>,  scratch_size<FloatForm>, pack_block_keys, nullptr,
    pack_block<FloatForm>,   rows_block<FloatForm>};
