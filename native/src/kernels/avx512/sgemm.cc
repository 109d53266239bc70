// Tiles of up to 14 x 32: one fused multiply-add after the other in the order of k, as the scalar twin does.
#include <immintrin.h>

#include "kernels/avx512/pack_words.h"
#include "kernels/wide_tile.h"

namespace qv_avx512 {
namespace {

struct Fma {
  using Vector = __m512;
  using Out = float;
  static constexpr int kRows = 14, kLanes = 16, kWeightBytes = 64;
  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector load(const char* b) { return _mm512_load_ps(b); }
  static void fetch(const char*) {}
  static Vector broadcast(const char* a) { return _mm512_castsi512_ps(_mm512_set1_epi32(word_at(a))); }
  static Vector add(Vector to, Vector x, Vector w) { return _mm512_fmadd_ps(x, w, to); }
  static void store(float* acc, Vector x) { _mm512_store_ps(acc, x); }
};

void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) { pack_words(a, lda, rows, 4 * k, packed); }

}  // namespace

extern const qv::GemmKernel sgemm;
const qv::GemmKernel sgemm = {Fma::kRows, 32, 1, 4, 4, pack_a, Tile<Fma>::run};

}  // namespace qv_avx512
