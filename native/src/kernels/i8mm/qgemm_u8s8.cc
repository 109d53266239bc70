// Tiles of up to 6 x 16, 8 k a step: USMMLA multiplies two rows of unsigned with two columns of signed bytes, so a register
// of sums holds 2 x 2.
#include <arm_neon.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_i8mm {
namespace {

constexpr int kRows = 6;
constexpr int kColumns = 16;
constexpr int kDepth = 8;
constexpr int kPairs = kColumns / 2;

// Loads two rows of a step; a last odd row is loaded twice.
template <bool Odd>
inline uint8x16_t rows_of(const uint8_t* a) {
  if constexpr (Odd) {
    const uint8x8_t row = vld1_u8(a);
    return vcombine_u8(row, row);
  } else {
    return vld1q_u8(a);
  }
}

inline int32x4_t row_of(int32x4_t left, int32x4_t right, bool second) {
  const int64x2_t l = vreinterpretq_s64_s32(left), r = vreinterpretq_s64_s32(right);
  return vreinterpretq_s32_s64(second ? vzip2q_s64(l, r) : vzip1q_s64(l, r));
}

template <int R>
void tile_rows(int steps, const uint8_t* a, const int8_t* b, int32_t* acc) {
  constexpr int kRowPairs = (R + 1) / 2;
  int32x4_t sums[kRowPairs][kPairs];
#pragma GCC unroll 3
  for (int p = 0; p < kRowPairs; p++) {
#pragma GCC unroll 8
    for (int c = 0; c < kPairs; c++) sums[p][c] = vdupq_n_s32(0);
  }
  for (int s = 0; s < steps; s++) {
    uint8x16_t x[kRowPairs];
#pragma GCC unroll 3
    for (int p = 0; p < kRowPairs; p++) {
      x[p] = 2 * p + 1 < R ? rows_of<false>(a + 16 * p) : rows_of<true>(a + 16 * p);
    }
#pragma GCC unroll 8
    for (int c = 0; c < kPairs; c++) {
      const int8x16_t w = vld1q_s8(b + 16 * c);
#pragma GCC unroll 3
      for (int p = 0; p < kRowPairs; p++) sums[p][c] = vusmmlaq_s32(sums[p][c], x[p], w);
    }
    a += kDepth * R;
    b += kDepth * kColumns;
  }
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      vst1q_s32(acc + r * kColumns + 4 * i, row_of(sums[r / 2][2 * i], sums[r / 2][2 * i + 1], r % 2));
    }
  }
}

using TileRows = void (*)(int, const uint8_t*, const int8_t*, int32_t*);
const TileRows kTiles[kRows + 1] = {nullptr,      tile_rows<1>, tile_rows<2>, tile_rows<3>,
                                    tile_rows<4>, tile_rows<5>, tile_rows<6>};

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  kTiles[rows](steps, static_cast<const uint8_t*>(a), static_cast<const int8_t*>(b), static_cast<int32_t*>(acc));
}

// Packs [step][row][8]. The values beyond k do not matter, as the weights are 0 there.
void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  const int step = rows * kDepth;
  for (int r = 0; r < rows; r++) {
    const uint8_t* row = static_cast<const uint8_t*>(a) + r * lda;
    uint8_t* out = static_cast<uint8_t*>(packed) + r * kDepth;
    int i = 0;
    for (; i + kDepth <= k; i += kDepth, out += step) memcpy(out, row + i, kDepth);
    if (i == k) continue;
    uint64_t part = 0;
    memcpy(&part, row + i, static_cast<size_t>(k - i));
    memcpy(out, &part, kDepth);
  }
}

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {kRows, kColumns, kDepth, 1, kDepth, pack_a, tile};

}  // namespace qv_i8mm
