#include "dispatch/row_kernels.h"

namespace qv {

RowQuant quant_of_range(float low, float high) {
  low = low < 0 ? low : 0;
  high = high > 0 ? high : 0;
  const float range = high - low;
  if (!(range > 1e-30f)) return {1.0f, 1.0f, 0};
  const float inverse = 255.0f / range;
  float zero = __builtin_rintf(-low * inverse);
  zero = zero > 0 ? zero : 0;
  zero = zero < 255 ? zero : 255;
  return {range / 255.0f, inverse, static_cast<int32_t>(zero)};
}

}  // namespace qv
