// Attention on AVX2 and FMA, float throughout: keys are packed transposed so that eight scores fill a vector.
#include "../attention.h"

#include <immintrin.h>

namespace {
constexpr int64_t ROWS = 4;  // 4 rows x 2 vectors = 8 accumulators
constexpr int64_t MAX_D = 256;

inline int64_t padded_keys(int64_t keys) { return (keys + 15) & ~(int64_t)15; }
inline char *aligned(void *p) { return (char *)(((uintptr_t)p + 63) & ~(uintptr_t)63); }

bool takes(int64_t keys, int64_t d) { return keys >= 1 && d % 8 == 0 && d >= 8 && d <= MAX_D; }

// k panels [keys/16][d][16]; values are read where they are
size_t packed_bytes(int64_t keys, int64_t d) { return (size_t)(padded_keys(keys) * d * 4 + 64); }
size_t scratch_bytes(int64_t keys, int64_t) { return (size_t)(ROWS * padded_keys(keys) * 4 + 64); }

void pack(const qv_attention_args *a) {
  float *kp = (float *)aligned(a->packed);
  for (int64_t j = 0; j < padded_keys(a->keys); j++) {
    float *dst = kp + (j & ~(int64_t)15) * a->d + (j & 15);
    const float *src = a->k + j * a->k_ld;
    for (int64_t c = 0; c < a->d; c++) dst[c * 16] = j < a->keys ? src[c] : 0.0f;
  }
}

template <int R>
inline void scores_tile(const float *q, int64_t q_ld, const float *kp, int64_t d, __m256 scale, float *s, int64_t s_ld) {
  __m256 acc[R][2];
  for (int r = 0; r < R; r++) acc[r][0] = acc[r][1] = _mm256_setzero_ps();
  for (int64_t c = 0; c < d; c++) {
    const __m256 b0 = _mm256_load_ps(kp + c * 16), b1 = _mm256_load_ps(kp + c * 16 + 8);
    for (int r = 0; r < R; r++) {
      const __m256 x = _mm256_broadcast_ss(q + r * q_ld + c);
      acc[r][0] = _mm256_fmadd_ps(x, b0, acc[r][0]);
      acc[r][1] = _mm256_fmadd_ps(x, b1, acc[r][1]);
    }
  }
  for (int r = 0; r < R; r++) {
    _mm256_store_ps(s + r * s_ld, _mm256_mul_ps(scale, acc[r][0]));
    _mm256_store_ps(s + r * s_ld + 8, _mm256_mul_ps(scale, acc[r][1]));
  }
}

inline float sum_of(__m256 x) {
  __m128 y = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  y = _mm_add_ps(y, _mm_movehl_ps(y, y));
  return _mm_cvtss_f32(_mm_add_ss(y, _mm_movehdup_ps(y)));
}

// exp of x <= 0; relative error below 2e-7, 0 below -87
inline __m256 exp_negative(__m256 x) {
  const __m256 t = _mm256_mul_ps(_mm256_max_ps(x, _mm256_set1_ps(-126.0f)), _mm256_set1_ps(1.44269504f));
  const __m256 n = _mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m256 f = _mm256_sub_ps(t, n);
  __m256 y = _mm256_set1_ps(1.5403530e-4f);
  y = _mm256_fmadd_ps(y, f, _mm256_set1_ps(1.3333558e-3f));
  y = _mm256_fmadd_ps(y, f, _mm256_set1_ps(9.6181291e-3f));
  y = _mm256_fmadd_ps(y, f, _mm256_set1_ps(5.5504109e-2f));
  y = _mm256_fmadd_ps(y, f, _mm256_set1_ps(2.4022651e-1f));
  y = _mm256_fmadd_ps(y, f, _mm256_set1_ps(6.9314718e-1f));
  y = _mm256_fmadd_ps(y, f, _mm256_set1_ps(1.0f));
  const __m256i e = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(_mm256_max_ps(n, _mm256_set1_ps(-126.0f))),
                                                       _mm256_set1_epi32(127)), 23);
  y = _mm256_mul_ps(y, _mm256_castsi256_ps(e));
  return _mm256_and_ps(y, _mm256_cmp_ps(x, _mm256_set1_ps(-87.0f), _CMP_GE_OQ));
}

// Turns one row of scores into unnormalised probabilities in place; returns 1 / their sum, 0 if no key is open.
float softmax_row(float *s, int64_t keys, int64_t padded, const float *mask) {
  const float lowest = -3.0e38f;
  float top = lowest;
  for (int64_t j = 0; j < keys; j++) {
    if (mask) s[j] += mask[j];
    if (s[j] > top) top = s[j];
  }
  for (int64_t j = keys; j < padded; j++) s[j] = lowest;
  __m256 sum = _mm256_setzero_ps();
  for (int64_t j = 0; j < padded; j += 8) {
    const __m256 y = exp_negative(_mm256_sub_ps(_mm256_load_ps(s + j), _mm256_set1_ps(top)));
    _mm256_store_ps(s + j, y);
    sum = _mm256_add_ps(sum, y);
  }
  return top == lowest ? 0 : 1.0f / sum_of(sum);
}

template <int R>
inline void values_tile(const qv_attention_args *a, const float *p, int64_t p_ld, int64_t row, const float *norm) {
  for (int64_t c = 0; c < a->d; c += 8) {
    __m256 acc[R];
    for (int r = 0; r < R; r++) acc[r] = _mm256_setzero_ps();
    for (int64_t t = 0; t < a->keys; t++) {
      const __m256 v = _mm256_loadu_ps(a->v + t * a->v_ld + c);
      for (int r = 0; r < R; r++) acc[r] = _mm256_fmadd_ps(_mm256_broadcast_ss(p + r * p_ld + t), v, acc[r]);
    }
    for (int r = 0; r < R; r++)
      _mm256_storeu_ps(a->out + (row + r) * a->out_ld + c, _mm256_mul_ps(acc[r], _mm256_set1_ps(norm[r])));
  }
}

template <int R>
void block(const qv_attention_args *a, int64_t row) {
  const int64_t padded = padded_keys(a->keys);
  const float *kp = (const float *)aligned(a->packed);
  float *s = (float *)aligned(a->scratch);
  const __m256 scale = _mm256_set1_ps(a->scale);
  float norm[R];
  for (int64_t j = 0; j < padded; j += 16)
    scores_tile<R>(a->q + row * a->q_ld, a->q_ld, kp + j * a->d, a->d, scale, s + j, padded);
  for (int r = 0; r < R; r++) norm[r] = softmax_row(s + r * padded, a->keys, padded, qv_mask_of(a, row + r));
  values_tile<R>(a, s, padded, row, norm);
}

void rows(const qv_attention_args *a, int64_t row0, int64_t row1) {
  int64_t r = row0;
  for (; r + ROWS <= row1; r += ROWS) block<ROWS>(a, r);
  for (; r < row1; r++) block<1>(a, r);
}
}  // namespace

extern "C" const qv_attention_kernel qv_attention_avx2 = {"attention_avx2", takes, packed_bytes, scratch_bytes, pack, rows};
