// Tiles of up to 14 x 32: 28 accumulators, 2 registers of weights, 2 of broadcast activations, 4 k a step.
#include <immintrin.h>
#include <string.h>

#include "dispatch/kernel_table.h"

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

void tile(int rows, int steps, const void* a, const int8_t* b, int32_t* acc) {
  kTiles[rows](steps, static_cast<const uint8_t*>(a), b, acc);
}

// In place: v[i][j] = v[j][i] for 16 x 16 words of 32 bits.
void transpose(__m512i v[16]) {
  __m512i t[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; i += 4) {
    const __m512i a = _mm512_unpacklo_epi32(v[i], v[i + 1]), b = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    const __m512i c = _mm512_unpacklo_epi32(v[i + 2], v[i + 3]), d = _mm512_unpackhi_epi32(v[i + 2], v[i + 3]);
    t[i] = _mm512_unpacklo_epi64(a, c);
    t[i + 1] = _mm512_unpackhi_epi64(a, c);
    t[i + 2] = _mm512_unpacklo_epi64(b, d);
    t[i + 3] = _mm512_unpackhi_epi64(b, d);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    const __m512i a = _mm512_shuffle_i32x4(t[i], t[i + 4], 0x88), b = _mm512_shuffle_i32x4(t[i + 8], t[i + 12], 0x88);
    const __m512i c = _mm512_shuffle_i32x4(t[i], t[i + 4], 0xdd), d = _mm512_shuffle_i32x4(t[i + 8], t[i + 12], 0xdd);
    v[i] = _mm512_shuffle_i32x4(a, b, 0x88);
    v[i + 8] = _mm512_shuffle_i32x4(a, b, 0xdd);
    v[i + 4] = _mm512_shuffle_i32x4(c, d, 0x88);
    v[i + 12] = _mm512_shuffle_i32x4(c, d, 0xdd);
  }
}

// Whole vectors are stored at a stride of rows * 4 bytes: what spills over is written again by the next one.
void pack_a(const uint8_t* a, ptrdiff_t lda, int rows, int k, void* packed) {
  auto* out = static_cast<uint8_t*>(packed);
  for (int at = 0; at < k; at += 64) {
    const int bytes = k - at < 64 ? k - at : 64;
    const __mmask64 mask = bytes == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bytes) - 1;
    __m512i v[16];
    for (int r = 0; r < 16; r++) {
      v[r] = r < rows ? _mm512_maskz_loadu_epi8(mask, a + r * lda + at) : _mm512_setzero_si512();
    }
    transpose(v);
    for (int i = 0; i < (bytes + 3) / 4; i++, out += rows * 4) _mm512_storeu_si512(out, v[i]);
  }
}

}  // namespace

extern const qv::QgemmKernel qgemm_u8s8;
const qv::QgemmKernel qgemm_u8s8 = {kRows, kColumns, 4, 4, pack_a, tile};

}  // namespace qv_avx512vnni
