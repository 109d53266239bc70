// Converts bfloat16 one value at a time, for packing; the kernels have their own conversions.
#pragma once

#include <stdint.h>
#include <string.h>

namespace qv {

// Rounds to nearest, ties to even; a NaN stays a NaN.
inline uint16_t to_bfloat16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (x != x) return static_cast<uint16_t>((bits >> 16) | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

inline float from_bfloat16(uint16_t half) {
  const uint32_t bits = static_cast<uint32_t>(half) << 16;
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

}  // namespace qv
