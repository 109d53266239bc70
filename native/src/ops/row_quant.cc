#include <float.h>

#include "dispatch/row_kernels.h"

namespace qv {

RowQuant quant_of_range(float low, float high) {
  low = low < 0 ? low : 0;
  high = high > 0 ? high : 0;
  float scale = (high - low) / 255.0f;
  if (!(scale >= FLT_MIN)) scale = 1.0f;
  float zero = __builtin_rintf(-low / scale);
  zero = zero > 0 ? zero : 0;
  zero = zero < 255 ? zero : 255;
  return {scale, 1.0f / scale, static_cast<int32_t>(zero)};
}

}  // namespace qv
