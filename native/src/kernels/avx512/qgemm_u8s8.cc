// Tiles of up to 12 x 32, 2 k a step, for CPUs without VNNI: there the byte product instruction saturates at 16 bits, so both
// sides are widened to 16 bits; products and their pairwise sums then fit 32 bits exactly.
#include <immintrin.h>

#include "kernels/avx512/pack_words.h"
#include "kernels/wide_tile.h"

namespace qv_avx512 {
namespace {

struct Pairs {
  using Vector = __m512i;
  using Out = int32_t;
  static constexpr int kRows = 12, kLanes = 16, kWeightBytes = 32;
  static Vector zero() { return _mm512_setzero_si512(); }
  static Vector load(const char* b) {
    return _mm512_cvtepi8_epi16(_mm256_load_si256(reinterpret_cast<const __m256i*>(b)));
  }
  static void fetch(const char* b) { _mm_prefetch(b + 1024, _MM_HINT_T0); }
  static Vector broadcast(const char* a) { return _mm512_set1_epi32(word_at(a)); }
  static Vector add(Vector to, Vector x, Vector w) { return _mm512_add_epi32(to, _mm512_madd_epi16(x, w)); }
  static void store(int32_t* acc, Vector x) { _mm512_store_si512(acc, x); }
};

// Packs pairs of k as two 16-bit words; a missing last one is 0.
void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) { pack_pairs(a, lda, rows, k, packed); }

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {Pairs::kRows, 32, 2, 1, 4, pack_a, Tile<Pairs>::run};

}  // namespace qv_avx512
