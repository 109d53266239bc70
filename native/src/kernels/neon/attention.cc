// Attention on NEON, float throughout: keys are packed transposed so that sixteen scores fill four vectors.
#include "../attention.h"

#define QV_TIER qv_neon
#include "kernels/neon/lanes.h"
#include "kernels/lanes/vector_math.inc"

namespace {
using namespace qv_neon;

constexpr int64_t ROWS = 4;  // 4 rows x 4 vectors = 16 accumulators
constexpr int64_t MAX_D = 256;

inline int64_t padded_keys(int64_t keys) { return (keys + 15) & ~(int64_t)15; }
inline char *aligned(void *p) { return (char *)(((uintptr_t)p + 63) & ~(uintptr_t)63); }

bool takes(int64_t keys, int64_t d) { return keys >= 1 && d % 4 == 0 && d >= 4 && d <= MAX_D; }

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
inline void scores_tile(const float *q, int64_t q_ld, const float *kp, int64_t d, float scale, float *s, int64_t s_ld) {
  Floats acc[R];
  for (int r = 0; r < R; r++) acc[r] = set(0);
  for (int64_t c = 0; c < d; c++) {
    const Floats b = load(kp + c * 16, 16);
#pragma GCC unroll 4
    for (int r = 0; r < R; r++) {
      const float x = q[r * q_ld + c];
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) acc[r].v[i] = vfmaq_n_f32(acc[r].v[i], b.v[i], x);
    }
  }
  for (int r = 0; r < R; r++) store(s + r * s_ld, 16, multiply(set(scale), acc[r]));
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
  Floats sum = set(0);
  for (int64_t j = 0; j < padded; j += 16) {
    const Floats y = exp16(subtract(load(s + j, 16), set(top)));
    store(s + j, 16, y);
    sum = add(sum, y);
  }
  return top == lowest ? 0 : 1.0f / fold(sum);
}

// Columns [c, c + 4 * Z) of the output.
template <int R, int Z>
inline void values_tile(const qv_attention_args *a, const float *p, int64_t p_ld, int64_t row, int64_t c, const float *norm) {
  float32x4_t acc[R][Z];
  for (int r = 0; r < R; r++)
    for (int z = 0; z < Z; z++) acc[r][z] = vdupq_n_f32(0);
  for (int64_t t = 0; t < a->keys; t++) {
    const float *v = a->v + t * a->v_ld + c;
#pragma GCC unroll 4
    for (int z = 0; z < Z; z++) {
      const float32x4_t b = vld1q_f32(v + 4 * z);
#pragma GCC unroll 4
      for (int r = 0; r < R; r++) acc[r][z] = vfmaq_n_f32(acc[r][z], b, p[r * p_ld + t]);
    }
  }
  for (int r = 0; r < R; r++)
    for (int z = 0; z < Z; z++) vst1q_f32(a->out + (row + r) * a->out_ld + c + 4 * z, vmulq_n_f32(acc[r][z], norm[r]));
}

template <int R>
void block(const qv_attention_args *a, int64_t row) {
  const int64_t padded = padded_keys(a->keys);
  const float *kp = (const float *)aligned(a->packed);
  float *s = (float *)aligned(a->scratch);
  float norm[R];
  for (int64_t j = 0; j < padded; j += 16)
    scores_tile<R>(a->q + row * a->q_ld, a->q_ld, kp + j * a->d, a->d, a->scale, s + j, padded);
  for (int r = 0; r < R; r++) norm[r] = softmax_row(s + r * padded, a->keys, padded, qv_mask_of(a, row + r));
  int64_t c = 0;
  for (; c + 16 <= a->d; c += 16) values_tile<R, 4>(a, s, padded, row, c, norm);
  for (; c < a->d; c += 4) values_tile<R, 1>(a, s, padded, row, c, norm);
}

void rows(const qv_attention_args *a, int64_t row0, int64_t row1) {
  int64_t r = row0;
  for (; r + ROWS <= row1; r += ROWS) block<ROWS>(a, r);
  for (; r < row1; r++) block<1>(a, r);
}
}  // namespace

extern "C" const qv_attention_kernel qv_attention_neon = {"attention_neon", takes, packed_bytes, scratch_bytes, pack, rows};
