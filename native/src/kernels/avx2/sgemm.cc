// Tiles of up to 6 x 16: one fused multiply-add after the other in the order of k, as the scalar twin does.
#include <immintrin.h>

#include "kernels/avx2/pack_words.h"
#include "kernels/wide_tile.h"

namespace qv_avx2 {
namespace {

struct Fma {
  using Vector = __m256;
  using Out = float;
  static constexpr int kRows = 6, kLanes = 8, kWeightBytes = 32;
  static Vector zero() { return _mm256_setzero_ps(); }
  static Vector load(const char* b) { return _mm256_load_ps(reinterpret_cast<const float*>(b)); }
  static void fetch(const char*) {}
  static Vector broadcast(const char* a) { return _mm256_castsi256_ps(_mm256_set1_epi32(word_at(a))); }
  static Vector add(Vector to, Vector x, Vector w) { return _mm256_fmadd_ps(x, w, to); }
  static void store(float* acc, Vector x) { _mm256_store_ps(acc, x); }
};

void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) { pack_words(a, lda, rows, 4 * k, packed); }

}  // namespace

extern const qv::GemmKernel sgemm;
const qv::GemmKernel sgemm = {Fma::kRows, 16, 1, 4, 4, pack_a, Tile<Fma>::run};

}  // namespace qv_avx2
