// Attention on NEON, float throughout: vectors of 4 floats, register tiles of 6 x 4.
#include "../attention.h"

#include <arm_neon.h>
#include <string.h>

namespace {

struct Isa {
  static constexpr int kWidth = 4, kPanel = 16, kTall = 6;
  static constexpr bool kOwnTile = true;
  using F = float32x4_t;

  static F set(float x) { return vdupq_n_f32(x); }
  static F load(const float *p) { return vld1q_f32(p); }
  static F loadu(const float *p) { return vld1q_f32(p); }
  static F load_part(const float *p, int64_t n) {
    if (n >= 4) return vld1q_f32(p);
    float part[4] = {};
    for (int64_t i = 0; i < n; i++) part[i] = p[i];
    return vld1q_f32(part);
  }
  static void store(float *p, F x) { vst1q_f32(p, x); }
  static void storeu(float *p, F x) { vst1q_f32(p, x); }
  static void store_part(float *p, int64_t n, F x) {
    float part[4];
    vst1q_f32(part, x);
    for (int64_t i = 0; i < n && i < 4; i++) p[i] = part[i];
  }
  static F add(F a, F b) { return vaddq_f32(a, b); }
  static F sub(F a, F b) { return vsubq_f32(a, b); }
  static F mul(F a, F b) { return vmulq_f32(a, b); }
  static F fma(F a, F b, F c) { return vfmaq_f32(c, a, b); }
  static F max(F a, F b) { return vmaxq_f32(a, b); }  // NaN if one is
  static float reduce_max(F x) { return vmaxvq_f32(x); }
  static float reduce_add(F x) {
    const float32x2_t two = vadd_f32(vget_low_f32(x), vget_high_f32(x));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
  }

  // 2^x for x <= 0, to 2e-7 relative; 0 below -125, where the numbers end that all tiers scale alike; a NaN stays.
  static F exp2(F x) {
    const F held = vmaxq_f32(set(-126.0f), x);
    const F n = vrndnq_f32(held);
    const F f = vsubq_f32(held, n);
    F y = vfmaq_f32(set(1.3333558e-3f), set(1.5403530e-4f), f);
    y = vfmaq_f32(set(9.6181291e-3f), y, f);
    y = vfmaq_f32(set(5.5504109e-2f), y, f);
    y = vfmaq_f32(set(2.4022651e-1f), y, f);
    y = vfmaq_f32(set(6.9314718e-1f), y, f);
    y = vfmaq_f32(set(1.0f), y, f);
    const int32x4_t power = vshlq_n_s32(vcvtq_s32_f32(n), 23);
    const uint32x4_t scaled = vreinterpretq_u32_s32(vaddq_s32(vreinterpretq_s32_f32(y), power));
    return vreinterpretq_f32_u32(vbicq_u32(scaled, vcltq_f32(x, set(-125.0f))));
  }

  // 4 rows of n words to the n first of the panel's rows, 4 words each.
  static void transpose(const uint32_t *words, int64_t ld, int64_t n, uint32_t *to, int64_t to_ld) {
    const uint32x4x2_t a = vtrnq_u32(vld1q_u32(words), vld1q_u32(words + ld));
    const uint32x4x2_t b = vtrnq_u32(vld1q_u32(words + 2 * ld), vld1q_u32(words + 3 * ld));
    const uint32x4_t v[4] = {vcombine_u32(vget_low_u32(a.val[0]), vget_low_u32(b.val[0])),
                             vcombine_u32(vget_low_u32(a.val[1]), vget_low_u32(b.val[1])),
                             vcombine_u32(vget_high_u32(a.val[0]), vget_high_u32(b.val[0])),
                             vcombine_u32(vget_high_u32(a.val[1]), vget_high_u32(b.val[1]))};
    for (int64_t i = 0; i < n; i++) vst1q_u32(to + i * to_ld, v[i]);
  }

  template <int Lane, int R, int Z>
  static inline __attribute__((always_inline)) void step(const F (&y)[R], const float *b, F (&acc)[R][Z]) {
#pragma GCC unroll 4
    for (int z = 0; z < Z; z++) {
      const F x = vld1q_f32(b + z * 4);
#pragma GCC unroll 12
      for (int r = 0; r < R; r++) acc[r][z] = vfmaq_laneq_f32(acc[r][z], x, y[r], Lane);
    }
  }

  // Four steps at a time: their words of a row are one load, and the product takes one of them by its lane.
  template <int R, int Z>
  static inline __attribute__((always_inline)) void tile(const uint32_t *words, int64_t a_ld, const uint32_t *panel,
                                                         int64_t steps, F (&acc)[R][Z]) {
    const float *a = (const float *)words, *b = (const float *)panel;
    int64_t p = 0;
    for (; p + 4 <= steps; p += 4, b += 16 * Z) {
      F y[R];
#pragma GCC unroll 12
      for (int r = 0; r < R; r++) y[r] = vld1q_f32(a + r * a_ld + p);
      step<0>(y, b, acc);
      step<1>(y, b + 4 * Z, acc);
      step<2>(y, b + 8 * Z, acc);
      step<3>(y, b + 12 * Z, acc);
    }
    for (; p < steps; p++, b += 4 * Z) {
      F y[R];
#pragma GCC unroll 12
      for (int r = 0; r < R; r++) y[r] = vdupq_n_f32(a[r * a_ld + p]);
      step<0>(y, b, acc);
    }
  }
};

#include "../attention_blocks.inc"

#include "../attention_float.inc"
}  // namespace

extern "C" const qv_attention_kernel qv_attention_neon = {
    "attention_neon",        takes_shape<FloatForm>, kBlockRows,
    packed_size<FloatForm>,  scratch_size<FloatForm>, pack_block_keys, nullptr,
    pack_block<FloatForm>,   rows_block<FloatForm>};
