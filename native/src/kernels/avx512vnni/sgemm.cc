// Tiles of up to 14 x 32: one fused multiply-add after the other in the order of k, as the scalar twin does.
#include <immintrin.h>
#include <string.h>

#include "dispatch/kernel_table.h"
#include "kernels/avx512vnni/pack_words.h"

namespace qv_avx512vnni {
namespace {

constexpr int kRows = 14;
constexpr int kColumns = 32;

template <int R>
void tile_rows(int steps, const float* a, const float* b, float* acc) {
  __m512 left[R], right[R];
#pragma GCC unroll 14
  for (int r = 0; r < R; r++) left[r] = right[r] = _mm512_setzero_ps();
  for (int s = 0; s < steps; s++) {
    const __m512 b0 = _mm512_load_ps(b);
    const __m512 b1 = _mm512_load_ps(b + 16);
#pragma GCC unroll 14
    for (int r = 0; r < R; r++) {
      const __m512 x = _mm512_set1_ps(a[r]);
      left[r] = _mm512_fmadd_ps(x, b0, left[r]);
      right[r] = _mm512_fmadd_ps(x, b1, right[r]);
    }
    a += R;
    b += kColumns;
  }
#pragma GCC unroll 14
  for (int r = 0; r < R; r++) {
    _mm512_store_ps(acc + r * kColumns, left[r]);
    _mm512_store_ps(acc + r * kColumns + 16, right[r]);
  }
}

using TileRows = void (*)(int, const float*, const float*, float*);
const TileRows kTiles[kRows + 1] = {
    nullptr, tile_rows<1>, tile_rows<2>, tile_rows<3>, tile_rows<4>, tile_rows<5>, tile_rows<6>, tile_rows<7>,
    tile_rows<8>, tile_rows<9>, tile_rows<10>, tile_rows<11>, tile_rows<12>, tile_rows<13>, tile_rows<14>,
};

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  kTiles[rows](steps, static_cast<const float*>(a), static_cast<const float*>(b), static_cast<float*>(acc));
}

void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) { pack_words(a, lda, rows, 4 * k, packed); }

}  // namespace

extern const qv::GemmKernel sgemm;
const qv::GemmKernel sgemm = {kRows, kColumns, 1, 4, 4, 4, pack_a, tile};

}  // namespace qv_avx512vnni
