// See scalar/epilogue.cc. Columns outside, rows inside: what belongs to a column stays in registers.
#include "dispatch/kernel_table.h"
#include "kernels/neon/vector_math.h"

namespace qv_neon {
namespace {

using qv::EpilogueTile;

struct Output {
  float inverse_scale, low, high;
};

Output output_of(const EpilogueTile& tile) {
  const int low = tile.output == QV_OUT_INT8 ? -128 : 0;
  return {tile.inverse_scale, static_cast<float>(low - tile.zero), static_cast<float>(low + 255 - tile.zero)};
}

inline void put(const EpilogueTile& tile, const Output& output, ptrdiff_t at, int lanes, const Floats& x) {
  switch (tile.output) {
    case QV_OUT_UINT8:
    case QV_OUT_INT8:
      store_bytes(static_cast<uint8_t*>(tile.out) + at, lanes,
                  quantize16(x, output.inverse_scale, output.low, output.high, tile.zero));
      break;
    case QV_OUT_BFLOAT16: {
      uint16_t halves[16];
      for (int i = 0; i < 4; i++) vst1_u16(halves + 4 * i, bfloat16x4(x.v[i]));
      memcpy(static_cast<uint16_t*>(tile.out) + at, halves, static_cast<size_t>(lanes) * 2);
      break;
    }
    default: store(static_cast<float*>(tile.out) + at, lanes, x);
  }
}

inline void finish(const EpilogueTile& tile, const Output& output, int row, int col, int lanes, Floats x) {
  x = activate16(x, tile.activation, tile.alpha);
  if (tile.residual) x = add(x, load(tile.residual + row * tile.ldr + col, lanes));
  put(tile, output, row * tile.ldc + col, lanes, x);
}

inline void put_sums(const EpilogueTile& tile, ptrdiff_t at, int lanes, const Words& sums) {
  int32_t part[16];
  for (int i = 0; i < 4; i++) vst1q_s32(part + 4 * i, sums.v[i]);
  memcpy(static_cast<int32_t*>(tile.out) + at, part, static_cast<size_t>(lanes) * 4);
}

// shift: what the kernel took off the activations; the zero point is that much less.
void columns_s32(const EpilogueTile& tile, const Output& output, int col, int32_t shift) {
  const int lanes = tile.cols - col < 16 ? tile.cols - col : 16;
  const Floats column_scale = load(tile.column_scale + col, 16), bias = load(tile.bias + col, 16);
  const auto* acc = static_cast<const int32_t*>(tile.acc) + col;
  Words correction = {};
  Floats scale = {};
  for (int r = 0; r < tile.rows; r++, acc += tile.ld) {
    if (r == 0 || tile.row_step) {
      const int32_t zero = tile.row_zero[r * tile.row_step] - shift;
      for (int i = 0; i < 4; i++) correction.v[i] = vmulq_n_s32(vld1q_s32(tile.column_sum + col + 4 * i), zero);
      scale = multiply(set(tile.row_scale[r * tile.row_step]), column_scale);
    }
    Words sum;
    for (int i = 0; i < 4; i++) sum.v[i] = vsubq_s32(vld1q_s32(acc + 4 * i), correction.v[i]);
    if (tile.output == QV_OUT_INT32) {
      put_sums(tile, r * tile.ldc + col, lanes, sum);
      continue;
    }
    Floats x;
    for (int i = 0; i < 4; i++) x.v[i] = vcvtq_f32_s32(sum.v[i]);
    finish(tile, output, r, col, lanes, fma(x, scale, bias));
  }
}

void columns_f32(const EpilogueTile& tile, const Output& output, int col) {
  const int lanes = tile.cols - col < 16 ? tile.cols - col : 16;
  const Floats bias = load(tile.bias + col, 16);
  const auto* acc = static_cast<const float*>(tile.acc) + col;
  for (int r = 0; r < tile.rows; r++, acc += tile.ld) finish(tile, output, r, col, lanes, add(load(acc, 16), bias));
}

}  // namespace

void epilogue_s32(const EpilogueTile* tile) {
  const Output output = output_of(*tile);
  for (int col = 0; col < tile->cols; col += 16) columns_s32(*tile, output, col, 0);
}

void epilogue_s32_of_signed(const EpilogueTile* tile) {
  const Output output = output_of(*tile);
  for (int col = 0; col < tile->cols; col += 16) columns_s32(*tile, output, col, 128);
}

void epilogue_f32(const EpilogueTile* tile) {
  const Output output = output_of(*tile);
  for (int col = 0; col < tile->cols; col += 16) columns_f32(*tile, output, col);
}

}  // namespace qv_neon
