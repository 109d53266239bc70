// The product and sum of floats rounded once, against the C library's where that is right, and where rounding twice is wrong.
#include "kernels/fused.h"

#include <math.h>

#include "check.h"
#include "random.h"

namespace {

long cases = 0;

void same(float a, float b, float c, float expected) {
  const float got = qv::fused_in_doubles(a, b, c);
  const bool equal = (got != got && expected != expected) || memcmp(&got, &expected, sizeof got) == 0;
  CHECK(equal, "%a * %a + %a: got %a, expected %a", a, b, c, got, expected);
  CHECK(qv::fused(a, b, c) == got || got != got, "%a * %a + %a: got %a, expected %a", a, b, c, qv::fused(a, b, c), got);
#if !defined(__MINGW32__)
  const float library = __builtin_fmaf(a, b, c);
  CHECK(memcmp(&library, &expected, sizeof library) == 0 || expected != expected, "%a * %a + %a: the library says %a, expected %a", a, b, c, library, expected);
#endif
  cases++;
}

float of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Sums that lie so close to the middle between two floats that a first rounding would put them on it.
void middles() {
  const float step = ldexpf(1, -23), tiny = ldexpf(1, -80);
  same(tiny, 1, 1, 1);
  same(1 + step, 1 + step, -1, ldexpf(1, -22) + ldexpf(1, -46));
  same(ldexpf(1, -12), ldexpf(1, -12) + ldexpf(1, -35), 1, 1 + step);
  same(ldexpf(1, -12), ldexpf(1, -12) - ldexpf(1, -36), 1, 1);
  same(-ldexpf(1, -12), ldexpf(1, -12) + ldexpf(1, -35), -1, -1 - step);
  same(ldexpf(1, -60) * (1 + step), ldexpf(1, -60), 1 + step, 1 + step);
}

// A float's last bit is 2^-23 of it; half of that plus or minus what only a third part of the sum can tell.
void beyond_doubles() {
  const float half = ldexpf(1, -24);
  for (int sign : {-1, 1}) {
    const float a = ldexpf(1, 30) + ldexpf(1, 7), b = half * ldexpf(1, -30);
    same(a, b, sign * ldexpf(1, 0), sign > 0 ? 1 + 2 * half : -1 + half);
  }
  const float nearly = ldexpf(1, -24) * (1 + ldexpf(1, -23));
  same(nearly, 1 - half, 1, 1 + 2 * half);
  same(ldexpf(1, -100), ldexpf(1, -40), 1 + half * 2, 1 + half * 2);
}

#if !defined(__MINGW32__)
void as_the_library() {
  Random random(20261130);
  for (int i = 0; i < 2000000; i++) {
    float v[3];
    for (float& x : v) {
      uint32_t bits = static_cast<uint32_t>(random.next());
      if (i % 2) bits = (bits & 0x807fffffu) | ((100 + random.next() % 50) << 23);  // of like size, so that all three count
      x = of_bits(bits);
    }
    same(v[0], v[1], v[2], __builtin_fmaf(v[0], v[1], v[2]));
    // The third nearly cancels the product.
    same(v[0], v[1], -(v[0] * v[1]), __builtin_fmaf(v[0], v[1], -(v[0] * v[1])));
  }
}
#endif

}  // namespace

int main() {
  SUBJECT("fused");
  REPRODUCE("fused_test");
  middles();
  beyond_doubles();
#if !defined(__MINGW32__)
  as_the_library();
#endif
  return check::report("fused", cases);
}
