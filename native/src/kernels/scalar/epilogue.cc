// The specification of the epilogues: accumulators to bias, activation, residual and output type.
#include "dispatch/kernel_table.h"
#include "kernels/scalar/vector_math.h"

namespace qv_scalar {
namespace {

using qv::EpilogueTile;

void store(const EpilogueTile& tile, int row, int col, float x) {
  const ptrdiff_t at = row * tile.ldc + col;
  if (tile.output == QV_OUT_UINT8) {
    static_cast<uint8_t*>(tile.out)[at] = static_cast<uint8_t>(quantize1(x, tile.inverse_scale, tile.zero));
  } else {
    static_cast<float*>(tile.out)[at] = x;
  }
}

void finish(const EpilogueTile& tile, int row, int col, float x) {
  x = activate1(x, tile.activation, tile.alpha);
  if (tile.residual) x = fma1(x, tile.mul, tile.residual[row * tile.ldr + col]);
  store(tile, row, col, x);
}

}  // namespace

void epilogue_s32(const EpilogueTile* tile) {
  for (int r = 0; r < tile->rows; r++) {
    const int32_t zero = tile->row_zero[r * tile->row_step];
    const float row_scale = tile->row_scale[r * tile->row_step];
    for (int n = 0; n < tile->cols; n++) {
      const int32_t sum = static_cast<const int32_t*>(tile->acc)[r * tile->ld + n] - zero * tile->column_sum[n];
      finish(*tile, r, n, fma1(static_cast<float>(sum), row_scale * tile->column_scale[n], tile->bias[n]));
    }
  }
}

void epilogue_f32(const EpilogueTile* tile) {
  for (int r = 0; r < tile->rows; r++) {
    for (int n = 0; n < tile->cols; n++) {
      finish(*tile, r, n, static_cast<const float*>(tile->acc)[r * tile->ld + n] + tile->bias[n]);
    }
  }
}

}  // namespace qv_scalar
