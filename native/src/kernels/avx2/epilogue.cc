// See scalar/epilogue.cc. Columns outside, rows inside: what belongs to a column stays in registers.
#include <immintrin.h>

#include "dispatch/kernel_table.h"
#include "kernels/avx2/vector_math.h"

namespace qv_avx2 {
namespace {

using qv::EpilogueTile;

struct Output {
  __m256 inverse_scale, low, high;
  __m256i zero;
};

Output output_of(const EpilogueTile& tile) {
  const int low = tile.output == QV_OUT_INT8 ? -128 : 0;
  return {set(tile.inverse_scale), set(static_cast<float>(low - tile.zero)),
          set(static_cast<float>(low + 255 - tile.zero)), _mm256_set1_epi32(tile.zero)};
}

inline void store(const EpilogueTile& tile, const Output& output, ptrdiff_t at, int lanes, __m256 x) {
  switch (tile.output) {
    case QV_OUT_UINT8:
    case QV_OUT_INT8: {
      const uint64_t q = bytes8(quantize8(x, output.inverse_scale, output.low, output.high, output.zero));
      memcpy(static_cast<uint8_t*>(tile.out) + at, &q, static_cast<size_t>(lanes));
      break;
    }
    case QV_OUT_BFLOAT16: {
      const __m256i words = bfloat16x8(x);
      const __m128i halves = _mm_packus_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
      memcpy(static_cast<uint16_t*>(tile.out) + at, &halves, static_cast<size_t>(lanes) * 2);
      break;
    }
    default: _mm256_maskstore_ps(static_cast<float*>(tile.out) + at, first(lanes), x);
  }
}

inline void finish(const EpilogueTile& tile, const Output& output, int row, int col, int lanes, __m256 x) {
  x = activate8(x, tile.activation, set(tile.alpha));
  if (tile.residual) x = _mm256_add_ps(x, _mm256_maskload_ps(tile.residual + row * tile.ldr + col, first(lanes)));
  store(tile, output, row * tile.ldc + col, lanes, x);
}

void columns_s32(const EpilogueTile& tile, const Output& output, int col) {
  const int lanes = tile.cols - col < 8 ? tile.cols - col : 8;
  const __m256i column_sum = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(tile.column_sum + col));
  const __m256 column_scale = _mm256_loadu_ps(tile.column_scale + col), bias = _mm256_loadu_ps(tile.bias + col);
  const auto* acc = static_cast<const int32_t*>(tile.acc) + col;
  __m256i correction = _mm256_setzero_si256();
  __m256 scale = _mm256_setzero_ps();
  for (int r = 0; r < tile.rows; r++, acc += tile.ld) {
    if (r == 0 || tile.row_step) {
      correction = _mm256_mullo_epi32(_mm256_set1_epi32(tile.row_zero[r * tile.row_step]), column_sum);
      scale = _mm256_mul_ps(set(tile.row_scale[r * tile.row_step]), column_scale);
    }
    const __m256i sum = _mm256_sub_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(acc)), correction);
    if (tile.output == QV_OUT_INT32) {
      _mm256_maskstore_epi32(static_cast<int32_t*>(tile.out) + r * tile.ldc + col, first(lanes), sum);
    } else {
      finish(tile, output, r, col, lanes, _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), scale, bias));
    }
  }
}

void columns_f32(const EpilogueTile& tile, const Output& output, int col) {
  const int lanes = tile.cols - col < 8 ? tile.cols - col : 8;
  const __m256 bias = _mm256_loadu_ps(tile.bias + col);
  const auto* acc = static_cast<const float*>(tile.acc) + col;
  for (int r = 0; r < tile.rows; r++, acc += tile.ld) {
    finish(tile, output, r, col, lanes, _mm256_add_ps(_mm256_loadu_ps(acc), bias));
  }
}

}  // namespace

void epilogue_s32(const EpilogueTile* tile) {
  const Output output = output_of(*tile);
  for (int col = 0; col < tile->cols; col += 8) columns_s32(*tile, output, col);
}

void epilogue_f32(const EpilogueTile* tile) {
  const Output output = output_of(*tile);
  for (int col = 0; col < tile->cols; col += 8) columns_f32(*tile, output, col);
}

}  // namespace qv_avx2
