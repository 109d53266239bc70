// Tiles of up to 6 x 16, 2 k a step. Without VNNI the byte product instruction saturates at 16 bits, so both sides are
// widened to 16 bits: products and their pairwise sums then fit 32 bits exactly.
#include <immintrin.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_avx2 {
namespace {

constexpr int kRows = 6;
constexpr int kColumns = 16;

template <int R>
void tile_rows(int steps, const uint8_t* a, const int8_t* b, int32_t* acc) {
  __m256i left[R], right[R];
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) left[r] = right[r] = _mm256_setzero_si256();
  for (int s = 0; s < steps; s++) {
    const __m256i b0 = _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(b)));
    const __m256i b1 = _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(b + 16)));
#pragma GCC unroll 6
    for (int r = 0; r < R; r++) {
      int32_t two;
      memcpy(&two, a + 4 * r, 4);
      const __m256i x = _mm256_set1_epi32(two);
      left[r] = _mm256_add_epi32(left[r], _mm256_madd_epi16(x, b0));
      right[r] = _mm256_add_epi32(right[r], _mm256_madd_epi16(x, b1));
    }
    a += 4 * R;
    b += 32;
  }
#pragma GCC unroll 6
  for (int r = 0; r < R; r++) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(acc + r * kColumns), left[r]);
    _mm256_store_si256(reinterpret_cast<__m256i*>(acc + r * kColumns + 8), right[r]);
  }
}

using TileRows = void (*)(int, const uint8_t*, const int8_t*, int32_t*);
const TileRows kTiles[kRows + 1] = {nullptr,      tile_rows<1>, tile_rows<2>, tile_rows<3>,
                                    tile_rows<4>, tile_rows<5>, tile_rows<6>};

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  kTiles[rows](steps, static_cast<const uint8_t*>(a), static_cast<const int8_t*>(b), static_cast<int32_t*>(acc));
}

// Pairs of k as two 16-bit words; a missing last one is 0.
void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  const int steps = (k + 1) / 2;
  auto* out = static_cast<uint32_t*>(packed);
  for (int r = 0; r < rows; r++) {
    const uint8_t* row = static_cast<const uint8_t*>(a) + r * lda;
    for (int s = 0; s < k / 2; s++) {
      out[s * rows + r] = row[2 * s] | static_cast<uint32_t>(row[2 * s + 1]) << 16;
    }
    if (k & 1) out[(steps - 1) * rows + r] = row[k - 1];
  }
}

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {kRows, kColumns, 2, 1, 4, 1, pack_a, tile};

}  // namespace qv_avx2
