// The specification of sums over taps.
#include "kernels/scalar/vector_math.h"

namespace qv_scalar {

void taps(const float* const* x, const float* const* w, int count, const float* start, int64_t n, float* y) {
  for (int64_t i = 0; i < n; i++) {
    float sum = start ? start[i] : 0.0f;
    for (int t = 0; t < count; t++) sum = fma1(x[t][i], w[t][i], sum);
    y[i] = sum;
  }
}

}  // namespace qv_scalar
