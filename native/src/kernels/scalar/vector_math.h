// The float steps of every tier, one value at a time: this file is their specification. Each line stands for one
// instruction of the vector tiers, so that all round alike.
#pragma once

#include <stdint.h>
#include <string.h>

#include "dispatch/kernel_table.h"
#include "kernels/constants.h"
#include "kernels/fused.h"

namespace qv_scalar {

static inline float fma1(float a, float b, float c) { return qv::fused(a, b, c); }

// Returns the larger or, as x86 does, the second operand if either is NaN.
static inline float max1(float a, float b) { return a > b ? a : b; }
static inline float min1(float a, float b) { return a < b ? a : b; }

static inline float bits_float(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t float_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float exp1(float x) {
  if (x != x) return x;
  const float clamped = min1(qv::kExpHigh, max1(qv::kExpLow, x));
  const float n = __builtin_rintf(clamped * qv::kLog2E);
  float r = fma1(n, -qv::kLn2High, clamped);
  r = fma1(n, -qv::kLn2Low, r);
  float p = fma1(qv::kExp0, r, qv::kExp1);
  p = fma1(p, r, qv::kExp2);
  p = fma1(p, r, qv::kExp3);
  p = fma1(p, r, qv::kExp4);
  p = fma1(p, r, qv::kExp5);
  p = fma1(p, r * r, r) + 1.0f;
  const float scaled = bits_float(float_bits(p) + (static_cast<uint32_t>(static_cast<int32_t>(n)) << 23));
  return x < qv::kExpLow ? 0.0f : scaled;
}

static inline float gelu1(float x) {
  const float square = x * x;
  const float held = min1(square, qv::kGeluLimit);
  const float at = fma1(held, qv::kGeluStep, -1.0f);
  float q = qv::kGelu[qv::kGeluTerms - 1];
  for (int i = qv::kGeluTerms - 2; i >= 0; i--) q = fma1(q, at, qv::kGelu[i]);
  const float inside = fma1(x, 0.5f, held * q);
  return square > qv::kGeluLimit ? max1(x, 0.0f) : inside;
}

static inline float activate1(float x, int activation, float alpha) {
  switch (activation) {
    case QV_ACT_RELU: return max1(x, 0.0f);
    case QV_ACT_GELU: return gelu1(x);
    case QV_ACT_LEAKY_RELU: return x < 0.0f ? x * alpha : x;
    case QV_ACT_SILU: return x / (1.0f + exp1(-x));
    default: return x;
  }
}

// Returns round_even(x * inverse_scale) + zero, clamped to 0..255; NaN gives 0.
static inline int quantize1(float x, float inverse_scale, int zero) {
  float t = max1(x * inverse_scale, static_cast<float>(-zero));
  t = min1(t, static_cast<float>(255 - zero));
  return static_cast<int>(__builtin_rintf(t)) + zero;
}

}  // namespace qv_scalar
