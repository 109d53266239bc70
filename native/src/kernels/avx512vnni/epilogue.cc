// See scalar/epilogue.cc. Columns outside, rows inside: what belongs to a column stays in registers.
#include <immintrin.h>

#include "dispatch/kernel_table.h"
#include "kernels/avx512vnni/vector_math.h"

namespace qv_avx512vnni {
namespace {

using qv::EpilogueTile;

struct Output {
  __m512 inverse_scale, low, high;
  __m512i zero;
};

Output output_of(const EpilogueTile& tile) {
  const int low = tile.output == QV_OUT_INT8 ? -128 : 0;
  return {set(tile.inverse_scale), set(static_cast<float>(low - tile.zero)),
          set(static_cast<float>(low + 255 - tile.zero)), _mm512_set1_epi32(tile.zero)};
}

inline void store(const EpilogueTile& tile, const Output& output, ptrdiff_t at, __mmask16 mask, __m512 x) {
  switch (tile.output) {
    case QV_OUT_UINT8:
    case QV_OUT_INT8: {
      const __m512i q = quantize16(x, output.inverse_scale, output.low, output.high, output.zero);
      _mm_mask_storeu_epi8(static_cast<uint8_t*>(tile.out) + at, mask, _mm512_cvtepi32_epi8(q));
      break;
    }
    case QV_OUT_BFLOAT16:
      _mm256_mask_storeu_epi16(static_cast<uint16_t*>(tile.out) + at, mask, bfloat16x16(x));
      break;
    default: _mm512_mask_storeu_ps(static_cast<float*>(tile.out) + at, mask, x);
  }
}

inline void finish(const EpilogueTile& tile, const Output& output, int row, int col, __mmask16 mask, __m512 x) {
  x = activate16(x, tile.activation, set(tile.alpha));
  if (tile.residual) x = _mm512_add_ps(x, _mm512_maskz_loadu_ps(mask, tile.residual + row * tile.ldr + col));
  store(tile, output, row * tile.ldc + col, mask, x);
}

void columns_s32(const EpilogueTile& tile, const Output& output, int col) {
  const __mmask16 mask = first(tile.cols - col);
  const __m512i column_sum = _mm512_loadu_si512(tile.column_sum + col);
  const __m512 column_scale = _mm512_loadu_ps(tile.column_scale + col), bias = _mm512_loadu_ps(tile.bias + col);
  const auto* acc = static_cast<const int32_t*>(tile.acc) + col;
  __m512i correction = _mm512_setzero_si512();
  __m512 scale = _mm512_setzero_ps();
  for (int r = 0; r < tile.rows; r++, acc += tile.ld) {
    if (r == 0 || tile.row_step) {
      correction = _mm512_mullo_epi32(_mm512_set1_epi32(tile.row_zero[r * tile.row_step]), column_sum);
      scale = _mm512_mul_ps(set(tile.row_scale[r * tile.row_step]), column_scale);
    }
    const __m512i sum = _mm512_sub_epi32(_mm512_loadu_si512(acc), correction);
    if (tile.output == QV_OUT_INT32) {
      _mm512_mask_storeu_epi32(static_cast<int32_t*>(tile.out) + r * tile.ldc + col, mask, sum);
    } else {
      finish(tile, output, r, col, mask, _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scale, bias));
    }
  }
}

void columns_f32(const EpilogueTile& tile, const Output& output, int col) {
  const __mmask16 mask = first(tile.cols - col);
  const __m512 bias = _mm512_loadu_ps(tile.bias + col);
  const auto* acc = static_cast<const float*>(tile.acc) + col;
  for (int r = 0; r < tile.rows; r++, acc += tile.ld) {
    finish(tile, output, r, col, mask, _mm512_add_ps(_mm512_loadu_ps(acc), bias));
  }
}

}  // namespace

void epilogue_s32(const EpilogueTile* tile) {
  const Output output = output_of(*tile);
  for (int col = 0; col < tile->cols; col += 16) columns_s32(*tile, output, col);
}

void epilogue_f32(const EpilogueTile* tile) {
  const Output output = output_of(*tile);
  for (int col = 0; col < tile->cols; col += 16) columns_f32(*tile, output, col);
}

}  // namespace qv_avx512vnni
