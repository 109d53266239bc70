// The steps of scalar/vector_math.h on 16 floats: four registers, so that four chains of operations overlap.
#pragma once

#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#include "kernels/constants.h"
#include "quantvoice.h"

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

static inline Floats set(float value) {
  const float32x4_t v = vdupq_n_f32(value);
  return {{v, v, v, v}};
}

static inline Floats add(const Floats& a, const Floats& b) { return each(a, b, vaddq_f32); }
static inline Floats subtract(const Floats& a, const Floats& b) { return each(a, b, vsubq_f32); }
static inline Floats multiply(const Floats& a, const Floats& b) { return each(a, b, vmulq_f32); }

static inline Floats fma(const Floats& a, const Floats& b, const Floats& c) {
  return {{vfmaq_f32(c.v[0], a.v[0], b.v[0]), vfmaq_f32(c.v[1], a.v[1], b.v[1]), vfmaq_f32(c.v[2], a.v[2], b.v[2]),
           vfmaq_f32(c.v[3], a.v[3], b.v[3])}};
}

// The second operand if either is NaN; FMAX would give the NaN.
static inline Floats larger(const Floats& a, const Floats& b) {
  return each(a, b, [](float32x4_t x, float32x4_t y) { return vbslq_f32(vcgtq_f32(x, y), x, y); });
}
static inline Floats smaller(const Floats& a, const Floats& b) {
  return each(a, b, [](float32x4_t x, float32x4_t y) { return vbslq_f32(vcltq_f32(x, y), x, y); });
}

static inline Floats exp16(const Floats& x) {
  const Floats clamped = smaller(set(qv::kExpHigh), larger(set(qv::kExpLow), x));
  const Floats n = each(multiply(clamped, set(qv::kLog2E)), vrndnq_f32);
  Floats r = fma(n, set(-qv::kLn2High), clamped);
  r = fma(n, set(-qv::kLn2Low), r);
  Floats p = fma(set(qv::kExp0), r, set(qv::kExp1));
  p = fma(p, r, set(qv::kExp2));
  p = fma(p, r, set(qv::kExp3));
  p = fma(p, r, set(qv::kExp4));
  p = fma(p, r, set(qv::kExp5));
  p = add(fma(p, multiply(r, r), r), set(1.0f));
  const Floats scaled = each(p, n, [](float32x4_t value, float32x4_t power) {
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(value), vshlq_n_s32(vcvtnq_s32_f32(power), 23)));
  });
  return each(x, scaled, [](float32x4_t from, float32x4_t value) {
    return vbslq_f32(vcltq_f32(from, vdupq_n_f32(qv::kExpLow)), vdupq_n_f32(0), value);
  });
}

static inline Floats gelu16(const Floats& x) {
  const Floats square = multiply(x, x);
  const Floats held = smaller(square, set(qv::kGeluLimit));
  const Floats at = fma(held, set(qv::kGeluStep), set(-1.0f));
  Floats q = set(qv::kGelu[qv::kGeluTerms - 1]);
#pragma GCC unroll 16
  for (int i = qv::kGeluTerms - 2; i >= 0; i--) q = fma(q, at, set(qv::kGelu[i]));
  const Floats inside = fma(x, set(0.5f), multiply(held, q)), outside = larger(x, set(0));
  Floats y;
  for (int i = 0; i < 4; i++) {
    y.v[i] = vbslq_f32(vcgtq_f32(square.v[i], vdupq_n_f32(qv::kGeluLimit)), outside.v[i], inside.v[i]);
  }
  return y;
}

static inline Floats activate16(const Floats& x, int activation, float alpha) {
  switch (activation) {
    case QV_ACT_RELU: return larger(x, set(0));
    case QV_ACT_GELU: return gelu16(x);
    case QV_ACT_LEAKY_RELU:
      return each(x, [=](float32x4_t v) { return vbslq_f32(vcltzq_f32(v), vmulq_n_f32(v, alpha), v); });
    case QV_ACT_SILU: return each(x, add(set(1.0f), exp16(each(x, vnegq_f32))), vdivq_f32);
    default: return x;
  }
}

// low, high: the limits less the zero point, as floats; so the sum with it fits a byte.
static inline uint8x16_t quantize16(const Floats& x, float inverse_scale, float low, float high, int32_t zero) {
  const Floats t = smaller(larger(multiply(x, set(inverse_scale)), set(low)), set(high));
  int32x4_t q[4];
  for (int i = 0; i < 4; i++) q[i] = vaddq_s32(vcvtnq_s32_f32(t.v[i]), vdupq_n_s32(zero));
  const int16x8_t left = vcombine_s16(vmovn_s32(q[0]), vmovn_s32(q[1]));
  const int16x8_t right = vcombine_s16(vmovn_s32(q[2]), vmovn_s32(q[3]));
  return vreinterpretq_u8_s8(vcombine_s8(vmovn_s16(left), vmovn_s16(right)));
}

static inline uint16x4_t bfloat16x4(float32x4_t x) {
  const uint32x4_t bits = vreinterpretq_u32_f32(x);
  const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
  const uint32x4_t rounded = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7fff)), odd);
  const uint32x4_t quiet = vorrq_u32(bits, vdupq_n_u32(0x400000));
  return vshrn_n_u32(vbslq_u32(vceqq_f32(x, x), rounded, quiet), 16);
}

// Up to 16 values; 0 where there are none.
static inline Floats load(const float* from, int64_t lanes) {
  float part[16] = {};
  if (lanes < 16) {
    memcpy(part, from, static_cast<size_t>(lanes) * sizeof(float));
    from = part;
  }
  return {{vld1q_f32(from), vld1q_f32(from + 4), vld1q_f32(from + 8), vld1q_f32(from + 12)}};
}

static inline void store(float* to, int64_t lanes, const Floats& x) {
  float part[16];
  float* at = lanes < 16 ? part : to;
  for (int i = 0; i < 4; i++) vst1q_f32(at + 4 * i, x.v[i]);
  if (lanes < 16) memcpy(to, part, static_cast<size_t>(lanes) * sizeof(float));
}

static inline void store_bytes(uint8_t* to, int64_t lanes, uint8x16_t x) {
  if (lanes >= 16) return vst1q_u8(to, x);
  uint8_t part[16];
  vst1q_u8(part, x);
  memcpy(to, part, static_cast<size_t>(lanes));
}

}  // namespace qv_neon
