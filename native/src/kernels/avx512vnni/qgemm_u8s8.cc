// Tiles of up to 14 x 32: 28 accumulators, 2 registers of weights, 2 of broadcast activations, 4 k a step.
#include <immintrin.h>

#include "kernels/avx512/pack_words.h"
#include "kernels/wide_tile.h"

namespace qv_avx512vnni {
namespace {

struct Vnni {
  using Vector = __m512i;
  using Out = int32_t;
  static constexpr int kRows = 14, kLanes = 16, kWeightBytes = 64;
  static Vector zero() { return _mm512_setzero_si512(); }
  static Vector load(const char* b) { return _mm512_load_si512(b); }
  static void fetch(const char* b) {
    _mm_prefetch(b + 1024, _MM_HINT_T0);
    _mm_prefetch(b + 1024 + 64, _MM_HINT_T0);
  }
  static Vector broadcast(const char* a) { return _mm512_set1_epi32(word_at(a)); }
  static Vector add(Vector to, Vector x, Vector w) { return _mm512_dpbusd_epi32(to, x, w); }
  static void store(int32_t* acc, Vector x) { _mm512_store_si512(acc, x); }
};

void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  qv_avx512::pack_words(a, lda, rows, k, packed);
}

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {Vnni::kRows, 32, 4, 1, 4, pack_a, Tile<Vnni>::run};

}  // namespace qv_avx512vnni
