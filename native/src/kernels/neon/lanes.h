// The 16 lanes of kernels/lanes on NEON: four registers, so that four chains of operations overlap.
#pragma once

#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

namespace qv_neon {

struct Floats {
  float32x4_t v[4];
};
struct Words {
  int32x4_t v[4];
};

template <typename Op>
static inline Floats each(const Floats& a, Op op) {
  return {{op(a.v[0]), op(a.v[1]), op(a.v[2]), op(a.v[3])}};
}

template <typename Op>
static inline Floats each(const Floats& a, const Floats& b, Op op) {
  return {{op(a.v[0], b.v[0]), op(a.v[1], b.v[1]), op(a.v[2], b.v[2]), op(a.v[3], b.v[3])}};
}

template <typename Op>
static inline Words each(const Words& a, const Words& b, Op op) {
  return {{op(a.v[0], b.v[0]), op(a.v[1], b.v[1]), op(a.v[2], b.v[2]), op(a.v[3], b.v[3])}};
}

static inline Floats set(float value) {
  const float32x4_t v = vdupq_n_f32(value);
  return {{v, v, v, v}};
}
static inline Words set_words(int32_t value) {
  const int32x4_t v = vdupq_n_s32(value);
  return {{v, v, v, v}};
}

static inline Floats add(const Floats& a, const Floats& b) { return each(a, b, vaddq_f32); }
static inline Floats subtract(const Floats& a, const Floats& b) { return each(a, b, vsubq_f32); }
static inline Floats multiply(const Floats& a, const Floats& b) { return each(a, b, vmulq_f32); }
static inline Floats divide(const Floats& a, const Floats& b) { return each(a, b, vdivq_f32); }
static inline Floats fma(const Floats& a, const Floats& b, const Floats& c) {
  return {{vfmaq_f32(c.v[0], a.v[0], b.v[0]), vfmaq_f32(c.v[1], a.v[1], b.v[1]), vfmaq_f32(c.v[2], a.v[2], b.v[2]),
           vfmaq_f32(c.v[3], a.v[3], b.v[3])}};
}

// Returns the larger, or the second operand if either is NaN; FMAX would return the NaN.
static inline Floats larger(const Floats& a, const Floats& b) {
  return each(a, b, [](float32x4_t x, float32x4_t y) { return vbslq_f32(vcgtq_f32(x, y), x, y); });
}
static inline Floats smaller(const Floats& a, const Floats& b) {
  return each(a, b, [](float32x4_t x, float32x4_t y) { return vbslq_f32(vcltq_f32(x, y), x, y); });
}

static inline Floats negate(const Floats& x) { return each(x, vnegq_f32); }
static inline Floats round_even(const Floats& x) { return each(x, vrndnq_f32); }

// Returns yes where x < limit (or > limit), and no elsewhere and for NaN.
static inline Floats where_below(const Floats& x, float limit, const Floats& yes, const Floats& no) {
  Floats y;
  for (int i = 0; i < 4; i++) y.v[i] = vbslq_f32(vcltq_f32(x.v[i], vdupq_n_f32(limit)), yes.v[i], no.v[i]);
  return y;
}
static inline Floats where_above(const Floats& x, float limit, const Floats& yes, const Floats& no) {
  Floats y;
  for (int i = 0; i < 4; i++) y.v[i] = vbslq_f32(vcgtq_f32(x.v[i], vdupq_n_f32(limit)), yes.v[i], no.v[i]);
  return y;
}

// Rounds to the nearest integer, ties to even.
static inline Words to_words(const Floats& x) {
  return {{vcvtnq_s32_f32(x.v[0]), vcvtnq_s32_f32(x.v[1]), vcvtnq_s32_f32(x.v[2]), vcvtnq_s32_f32(x.v[3])}};
}
static inline Floats to_floats(const Words& x) {
  return {{vcvtq_f32_s32(x.v[0]), vcvtq_f32_s32(x.v[1]), vcvtq_f32_s32(x.v[2]), vcvtq_f32_s32(x.v[3])}};
}

// Returns x * 2^power by adding to the exponent.
static inline Floats times_power(const Floats& x, const Floats& power) {
  return each(x, power, [](float32x4_t value, float32x4_t n) {
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(value), vshlq_n_s32(vcvtnq_s32_f32(n), 23)));
  });
}

static inline Words add(const Words& a, const Words& b) { return each(a, b, vaddq_s32); }
static inline Words subtract(const Words& a, const Words& b) { return each(a, b, vsubq_s32); }
static inline Words multiply(const Words& a, const Words& b) { return each(a, b, vmulq_s32); }
static inline int32_t first_word(const Words& x) { return vgetq_lane_s32(x.v[0], 0); }

// Loads all lanes or the first of them. In the second case the others are 0 and their memory is not touched.
static inline Floats load(const float* from) {
  return {{vld1q_f32(from), vld1q_f32(from + 4), vld1q_f32(from + 8), vld1q_f32(from + 12)}};
}
static inline Words load_words(const int32_t* from) {
  return {{vld1q_s32(from), vld1q_s32(from + 4), vld1q_s32(from + 8), vld1q_s32(from + 12)}};
}
static inline Floats load(const float* from, int64_t lanes) {
  if (lanes >= 16) return load(from);
  float part[16] = {};
  memcpy(part, from, static_cast<size_t>(lanes) * sizeof(float));
  return load(part);
}

static inline void store(float* to, int64_t lanes, const Floats& x) {
  float part[16];
  float* at = lanes < 16 ? part : to;
  for (int i = 0; i < 4; i++) vst1q_f32(at + 4 * i, x.v[i]);
  if (lanes < 16) memcpy(to, part, static_cast<size_t>(lanes) * sizeof(float));
}

static inline Floats keep(const Floats& x, int64_t lanes) {
  if (lanes >= 16) return x;
  float part[16];
  store(part, 16, x);
  return load(part, lanes);
}

// Stores the low bytes of words.
static inline void store_bytes(uint8_t* to, int64_t lanes, const Words& x) {
  const int16x8_t left = vcombine_s16(vmovn_s32(x.v[0]), vmovn_s32(x.v[1]));
  const int16x8_t right = vcombine_s16(vmovn_s32(x.v[2]), vmovn_s32(x.v[3]));
  const uint8x16_t bytes = vreinterpretq_u8_s8(vcombine_s8(vmovn_s16(left), vmovn_s16(right)));
  if (lanes >= 16) return vst1q_u8(to, bytes);
  uint8_t part[16];
  vst1q_u8(part, bytes);
  memcpy(to, part, static_cast<size_t>(lanes));
}

// Returns the sum of the lanes, folded by halves.
static inline float fold(const Floats& x) {
  const float32x4_t four = vaddq_f32(vaddq_f32(x.v[0], x.v[2]), vaddq_f32(x.v[1], x.v[3]));
  const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

// Returns the largest lane, if none is NaN.
static inline float largest_lane(const Floats& x) {
  return vmaxvq_f32(vmaxq_f32(vmaxq_f32(x.v[0], x.v[1]), vmaxq_f32(x.v[2], x.v[3])));
}

}  // namespace qv_neon
