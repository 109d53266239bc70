// Tiles of up to 6 x 16: one fused multiply-add after the other in the order of k, as the scalar twin does.
#include <immintrin.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_avx2 {
namespace {

constexpr int kRows = 6;
constexpr int kColumns = 16;

template <int R>
void tile_rows(int steps, const float* a, const float* b, float* acc) {
  __m256 left[R], right[R];
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) left[r] = right[r] = _mm256_setzero_ps();
  for (int s = 0; s < steps; s++) {
    const __m256 b0 = _mm256_load_ps(b);
    const __m256 b1 = _mm256_load_ps(b + 8);
#pragma GCC unroll 6
    for (int r = 0; r < R; r++) {
      const __m256 x = _mm256_set1_ps(a[r]);
      left[r] = _mm256_fmadd_ps(x, b0, left[r]);
      right[r] = _mm256_fmadd_ps(x, b1, right[r]);
    }
    a += R;
    b += kColumns;
  }
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) {
    _mm256_store_ps(acc + r * kColumns, left[r]);
    _mm256_store_ps(acc + r * kColumns + 8, right[r]);
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
const qv::GemmKernel sgemm = {kRows, kColumns, 1, 4, 4, 4, pack_a, tile};

}  // namespace qv_avx2
