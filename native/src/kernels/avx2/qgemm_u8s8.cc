// Tiles of up to 6 x 16, 2 k a step. Without VNNI the byte product instruction saturates at 16 bits, so both sides are
// widened to 16 bits: products and their pairwise sums then fit 32 bits exactly.
#include <immintrin.h>

#include "kernels/wide_tile.h"

namespace qv_avx2 {
namespace {

struct Pairs {
  using Vector = __m256i;
  using Out = int32_t;
  static constexpr int kRows = 6, kLanes = 8, kWeightBytes = 16;
  static Vector zero() { return _mm256_setzero_si256(); }
  static Vector load(const char* b) { return _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(b))); }
  static void fetch(const char*) {}
  static Vector broadcast(const char* a) { return _mm256_set1_epi32(word_at(a)); }
  static Vector add(Vector to, Vector x, Vector w) { return _mm256_add_epi32(to, _mm256_madd_epi16(x, w)); }
  static void store(int32_t* acc, Vector x) { _mm256_store_si256(reinterpret_cast<__m256i*>(acc), x); }
};

// Packs pairs of k as two 16-bit words; a missing last one is 0.
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
const qv::GemmKernel qgemm_u8s8 = {Pairs::kRows, 16, 2, 1, 4, pack_a, Tile<Pairs>::run};

}  // namespace qv_avx2
