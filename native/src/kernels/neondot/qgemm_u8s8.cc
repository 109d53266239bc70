// Tiles of up to 6 x 16, 4 k a step: SDOT adds four products to each 32-bit lane. It needs both sides signed, so 128 is
// subtracted from activations, which the epilogue adds back by the column sums.
#include <arm_neon.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_neondot {
namespace {

constexpr int kRows = 6;
constexpr int kColumns = 16;
constexpr int kDepth = 4;

template <int L>
inline void add_row(int32x4_t (&sums)[4], const int8x16_t (&b)[4], int8x16_t x) {
#pragma GCC unroll 4
  for (int c = 0; c < 4; c++) sums[c] = vdotq_laneq_s32(sums[c], b[c], x, L);
}

// Adds a step of up to four rows, whose bytes are x.
template <int R>
inline void add_rows(int32x4_t (*sums)[4], const int8x16_t (&b)[4], int8x16_t x) {
  add_row<0>(sums[0], b, x);
  if constexpr (R > 1) add_row<1>(sums[1], b, x);
  if constexpr (R > 2) add_row<2>(sums[2], b, x);
  if constexpr (R > 3) add_row<3>(sums[3], b, x);
}

template <int R>
void tile_rows(int steps, const int8_t* a, const int8_t* b, int32_t* acc) {
  int32x4_t sums[R][4];
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) sums[r][0] = sums[r][1] = sums[r][2] = sums[r][3] = vdupq_n_s32(0);
  for (int s = 0; s < steps; s++) {
    const int8x16_t w[4] = {vld1q_s8(b), vld1q_s8(b + 16), vld1q_s8(b + 32), vld1q_s8(b + 48)};
    // 16 bytes are read whatever R is: the packed rows have slack behind them.
    add_rows<(R < 4 ? R : 4)>(sums, w, vld1q_s8(a));
    if constexpr (R > 4) add_rows<R - 4>(sums + 4, w, vcombine_s8(vld1_s8(a + 16), vdup_n_s8(0)));
    a += kDepth * R;
    b += kDepth * kColumns;
  }
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) vst1q_s32(acc + r * kColumns + 4 * i, sums[r][i]);
  }
}

using TileRows = void (*)(int, const int8_t*, const int8_t*, int32_t*);
const TileRows kTiles[kRows + 1] = {nullptr,      tile_rows<1>, tile_rows<2>, tile_rows<3>,
                                    tile_rows<4>, tile_rows<5>, tile_rows<6>};

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  kTiles[rows](steps, static_cast<const int8_t*>(a), static_cast<const int8_t*>(b), static_cast<int32_t*>(acc));
}

inline void put_steps(uint8_t* out, int step, uint32x4_t x) {
  vst1q_lane_u32(reinterpret_cast<uint32_t*>(out), x, 0);
  vst1q_lane_u32(reinterpret_cast<uint32_t*>(out + step), x, 1);
  vst1q_lane_u32(reinterpret_cast<uint32_t*>(out + 2 * step), x, 2);
  vst1q_lane_u32(reinterpret_cast<uint32_t*>(out + 3 * step), x, 3);
}

// Packs [step][row][4] with 128 subtracted. The values beyond k do not matter, as the weights are 0 there.
void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  const uint8x16_t sign = vdupq_n_u8(0x80);
  const int step = rows * kDepth;
  for (int r = 0; r < rows; r++) {
    const uint8_t* row = static_cast<const uint8_t*>(a) + r * lda;
    uint8_t* out = static_cast<uint8_t*>(packed) + r * kDepth;
    int i = 0;
    for (; i + 16 <= k; i += 16, out += 4 * step) {
      put_steps(out, step, vreinterpretq_u32_u8(veorq_u8(vld1q_u8(row + i), sign)));
    }
    for (; i < k; i += kDepth, out += step) {
      uint32_t part = 0;
      memcpy(&part, row + i, k - i < kDepth ? static_cast<size_t>(k - i) : kDepth);
      part ^= 0x80808080u;
      memcpy(out, &part, kDepth);
    }
  }
}

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {kRows, kColumns, kDepth, 1, kDepth, pack_a, tile, 128};

}  // namespace qv_neondot
