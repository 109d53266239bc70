// Tiles of up to 4 x 16, 16 k a step. The multiply of baseline NEON needs both sides signed, so 128 is subtracted from
// activations, which the epilogue adds back by the column sums. Two products of at most 128 * 127 fit 16 bits; then
// they are added pairwise into 32.
#include <arm_neon.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_neon {
namespace {

constexpr int kRows = 4;
constexpr int kColumns = 16;
constexpr int kDepth = 16;
constexpr int kGroup = 4;  // columns whose sums are in registers at a time

template <int R>
void tile_group(int steps, const int8_t* a, const int8_t* b, int32_t* acc) {
  int32x4_t sums[R][kGroup];
#pragma GCC unroll 4
  for (int r = 0; r < R; r++) sums[r][0] = sums[r][1] = sums[r][2] = sums[r][3] = vdupq_n_s32(0);
  for (int s = 0; s < steps; s++) {
    int8x16_t x[R];
#pragma GCC unroll 4
    for (int r = 0; r < R; r++) x[r] = vld1q_s8(a + r * kDepth);
#pragma GCC unroll 4
    for (int c = 0; c < kGroup; c++) {
      const int8x16_t w = vld1q_s8(b + c * kDepth);
#pragma GCC unroll 4
      for (int r = 0; r < R; r++) {
        const int16x8_t low = vmull_s8(vget_low_s8(x[r]), vget_low_s8(w));
        sums[r][c] = vpadalq_s16(sums[r][c], vmlal_high_s8(low, x[r], w));
      }
    }
    a += R * kDepth;
    b += kColumns * kDepth;
  }
#pragma GCC unroll 4
  for (int r = 0; r < R; r++) {
    const int32x4_t left = vpaddq_s32(sums[r][0], sums[r][1]), right = vpaddq_s32(sums[r][2], sums[r][3]);
    vst1q_s32(acc + r * kColumns, vpaddq_s32(left, right));
  }
}

using TileGroup = void (*)(int, const int8_t*, const int8_t*, int32_t*);
const TileGroup kTiles[kRows + 1] = {nullptr, tile_group<1>, tile_group<2>, tile_group<3>, tile_group<4>};

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  for (int c = 0; c < kColumns; c += kGroup) {
    kTiles[rows](steps, static_cast<const int8_t*>(a), static_cast<const int8_t*>(b) + c * kDepth,
                 static_cast<int32_t*>(acc) + c);
  }
}

// Packs [step][row][16] with 128 subtracted. The values beyond k do not matter, as the weights are 0 there.
void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  const uint8x16_t sign = vdupq_n_u8(0x80);
  for (int r = 0; r < rows; r++) {
    const uint8_t* row = static_cast<const uint8_t*>(a) + r * lda;
    uint8_t* out = static_cast<uint8_t*>(packed) + r * kDepth;
    int i = 0;
    for (; i + kDepth <= k; i += kDepth, out += rows * kDepth) vst1q_u8(out, veorq_u8(vld1q_u8(row + i), sign));
    if (i == k) continue;
    uint8_t part[kDepth] = {};
    memcpy(part, row + i, static_cast<size_t>(k - i));
    vst1q_u8(out, veorq_u8(vld1q_u8(part), sign));
  }
}

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {kRows, kColumns, kDepth, 1, kDepth, pack_a, tile, 128};

}  // namespace qv_neon
