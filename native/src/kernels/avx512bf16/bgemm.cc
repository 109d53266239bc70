// Tiles of up to 14 x 32 of bfloat16 pairs: 2 k a step, sums in float with the instruction's own rounding.
#include <immintrin.h>
#include <string.h>

#include "dispatch/kernel_table.h"
#include "kernels/avx512bf16/round_chunk.h"
#include "kernels/avx512vnni/pack_words.h"

namespace qv_avx512bf16 {
namespace {

constexpr int kRows = 14;
constexpr int kColumns = 32;

inline __m512bh pairs(__m512i bits) { return reinterpret_cast<__m512bh>(bits); }

template <int R>
void tile_rows(int steps, const uint8_t* a, const uint8_t* b, float* acc) {
  __m512 left[R], right[R];
#pragma GCC unroll 14
  for (int r = 0; r < R; r++) left[r] = right[r] = _mm512_setzero_ps();
  for (int s = 0; s < steps; s++) {
    const __m512bh b0 = pairs(_mm512_load_si512(b));
    const __m512bh b1 = pairs(_mm512_load_si512(b + 64));
#pragma GCC unroll 14
    for (int r = 0; r < R; r++) {
      int32_t two;
      memcpy(&two, a + 4 * r, 4);
      const __m512bh x = pairs(_mm512_set1_epi32(two));
      left[r] = _mm512_dpbf16_ps(left[r], x, b0);
      right[r] = _mm512_dpbf16_ps(right[r], x, b1);
    }
    a += 4 * R;
    b += 128;
  }
#pragma GCC unroll 14
  for (int r = 0; r < R; r++) {
    _mm512_store_ps(acc + r * kColumns, left[r]);
    _mm512_store_ps(acc + r * kColumns + 16, right[r]);
  }
}

using TileRows = void (*)(int, const uint8_t*, const uint8_t*, float*);
const TileRows kTiles[kRows + 1] = {
    nullptr, tile_rows<1>, tile_rows<2>, tile_rows<3>, tile_rows<4>, tile_rows<5>, tile_rows<6>, tile_rows<7>,
    tile_rows<8>, tile_rows<9>, tile_rows<10>, tile_rows<11>, tile_rows<12>, tile_rows<13>, tile_rows<14>,
};

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  kTiles[rows](steps, static_cast<const uint8_t*>(a), static_cast<const uint8_t*>(b), static_cast<float*>(acc));
}

void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  qv_avx512vnni::pack_words(a, lda, rows, 2 * k, packed);
}

}  // namespace

void pack_floats(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  auto* out = static_cast<uint8_t*>(packed);
  for (int at = 0; at < k; at += 32) {
    const int count = k - at < 32 ? k - at : 32;
    __m512i v[16];
    for (int r = 0; r < 16; r++) {
      const auto* row = reinterpret_cast<const float*>(static_cast<const char*>(a) + r * lda);
      v[r] = r < rows ? round_chunk(row + at, count) : _mm512_setzero_si512();
    }
    qv_avx512vnni::transpose(v);
    for (int i = 0; i < (count + 1) / 2; i++, out += rows * 4) _mm512_storeu_si512(out, v[i]);
  }
}

extern const qv::GemmKernel bgemm;
const qv::GemmKernel bgemm = {kRows, kColumns, 2, 2, 4, 2, pack_a, tile};

}  // namespace qv_avx512bf16
