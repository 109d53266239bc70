// Computes a * b + c, rounded once, on every system.
#pragma once

#include <stdint.h>
#include <string.h>

namespace qv {

// In doubles the product of floats is exact. The sum is rounded to odd, so that rounding it again to float is as good as
// rounding once (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums", 2008).
static inline float fused_in_doubles(float a, float b, float c) {
  const double product = static_cast<double>(a) * b;
  double sum = product + c;
  const double added = sum - product, lost = (product - (sum - added)) + (c - added);
  int64_t bits;
  memcpy(&bits, &sum, sizeof bits);
  if ((lost > 0 || lost < 0) && !(bits & 1)) bits += (lost > 0) == (sum > 0) ? 1 : -1;
  memcpy(&sum, &bits, sizeof bits);
  return static_cast<float>(sum);
}

static inline float fused(float a, float b, float c) {
#if defined(__MINGW32__)
  return fused_in_doubles(a, b, c);  // MinGW-w64's fmaf adds with the 64 bits of x87, and so rounds twice
#else
  return __builtin_fmaf(a, b, c);
#endif
}

}  // namespace qv
