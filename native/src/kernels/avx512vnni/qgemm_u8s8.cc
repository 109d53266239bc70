// Tiles of up to 14 x 32: 28 accumulators, 2 registers of weights, 2 of broadcast activations, 4 k a step.
#include <immintrin.h>
#include <string.h>

#include "dispatch/kernel_table.h"
#include "kernels/avx512vnni/pack_words.h"

namespace qv_avx512vnni {
namespace {

constexpr int kRows = 14;
constexpr int kColumns = 32;

template <int R>
void tile_rows(int steps, const uint8_t* a, const int8_t* b, int32_t* acc) {
  __m512i left[R], right[R];
#pragma GCC unroll 14
  for (int r = 0; r < R; r++) left[r] = right[r] = _mm512_setzero_si512();
  for (int s = 0; s < steps; s++) {
    const __m512i b0 = _mm512_load_si512(b);
    const __m512i b1 = _mm512_load_si512(b + 64);
    _mm_prefetch(reinterpret_cast<const char*>(b + 1024), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char*>(b + 1024 + 64), _MM_HINT_T0);
#pragma GCC unroll 14
    for (int r = 0; r < R; r++) {
      int32_t four;
      memcpy(&four, a + 4 * r, 4);
      const __m512i x = _mm512_set1_epi32(four);
      left[r] = _mm512_dpbusd_epi32(left[r], x, b0);
      right[r] = _mm512_dpbusd_epi32(right[r], x, b1);
    }
    a += 4 * R;
    b += 128;
  }
#pragma GCC unroll 14
  for (int r = 0; r < R; r++) {
    _mm512_store_si512(acc + r * kColumns, left[r]);
    _mm512_store_si512(acc + r * kColumns + 16, right[r]);
  }
}

using TileRows = void (*)(int, const uint8_t*, const int8_t*, int32_t*);
const TileRows kTiles[kRows + 1] = {
    nullptr,      tile_rows<1>, tile_rows<2>, tile_rows<3>,  tile_rows<4>,  tile_rows<5>,  tile_rows<6>,  tile_rows<7>,
    tile_rows<8>, tile_rows<9>, tile_rows<10>, tile_rows<11>, tile_rows<12>, tile_rows<13>, tile_rows<14>,
};

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  kTiles[rows](steps, static_cast<const uint8_t*>(a), static_cast<const int8_t*>(b), static_cast<int32_t*>(acc));
}

void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) { pack_words(a, lda, rows, k, packed); }

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {kRows, kColumns, 4, 1, 4, 1, pack_a, tile};

}  // namespace qv_avx512vnni
