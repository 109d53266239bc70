// Tiles of up to 6 x 16: one fused multiply-add after the other in the order of k, as the scalar twin does.
#include <arm_neon.h>

#include "dispatch/kernel_table.h"

namespace qv_neon {
namespace {

constexpr int kRows = 6;
constexpr int kColumns = 16;

template <int L>
inline void add_row(float32x4_t (&sums)[4], const float32x4_t (&b)[4], float32x4_t x) {
#pragma GCC unroll 4
  for (int c = 0; c < 4; c++) sums[c] = vfmaq_laneq_f32(sums[c], b[c], x, L);
}

// Adds a step of up to four rows, whose values are x.
template <int R>
inline void add_rows(float32x4_t (*sums)[4], const float32x4_t (&b)[4], float32x4_t x) {
  add_row<0>(sums[0], b, x);
  if constexpr (R > 1) add_row<1>(sums[1], b, x);
  if constexpr (R > 2) add_row<2>(sums[2], b, x);
  if constexpr (R > 3) add_row<3>(sums[3], b, x);
}

template <int R>
void tile_rows(int steps, const float* a, const float* b, float* acc) {
  float32x4_t sums[R][4];
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) sums[r][0] = sums[r][1] = sums[r][2] = sums[r][3] = vdupq_n_f32(0);
  for (int s = 0; s < steps; s++) {
    const float32x4_t w[4] = {vld1q_f32(b), vld1q_f32(b + 4), vld1q_f32(b + 8), vld1q_f32(b + 12)};
    // Four values are read whatever R is: the packed rows have slack behind them.
    add_rows<(R < 4 ? R : 4)>(sums, w, vld1q_f32(a));
    if constexpr (R > 4) add_rows<R - 4>(sums + 4, w, vcombine_f32(vld1_f32(a + 4), vdup_n_f32(0)));
    a += R;
    b += kColumns;
  }
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) vst1q_f32(acc + r * kColumns + 4 * i, sums[r][i]);
  }
}

using TileRows = void (*)(int, const float*, const float*, float*);
const TileRows kTiles[kRows + 1] = {
    nullptr, tile_rows<1>, tile_rows<2>, tile_rows<3>, tile_rows<4>, tile_rows<5>, tile_rows<6>,
};

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  kTiles[rows](steps, static_cast<const float*>(a), static_cast<const float*>(b), static_cast<float*>(acc));
}

void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  auto* out = static_cast<float*>(packed);
  for (int r = 0; r < rows; r++) {
    const auto* row = reinterpret_cast<const float*>(static_cast<const char*>(a) + r * lda);
    for (int i = 0; i < k; i++) out[i * rows + r] = row[i];
  }
}

}  // namespace

extern const qv::GemmKernel sgemm;
const qv::GemmKernel sgemm = {kRows, kColumns, 1, 4, 4, pack_a, tile};

}  // namespace qv_neon
