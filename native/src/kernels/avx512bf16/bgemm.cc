// Tiles of up to 14 x 32 of bfloat16 pairs: 2 k a step, sums in float with the instruction's own rounding.
#include <immintrin.h>

#include "kernels/avx512/pack_words.h"
#include "kernels/avx512bf16/round_chunk.h"
#include "kernels/wide_tile.h"

namespace qv_avx512bf16 {
namespace {

struct Pairs {
  using Vector = __m512;
  using Out = float;
  static constexpr int kRows = 14, kLanes = 16, kWeightBytes = 64;
  static Vector zero() { return _mm512_setzero_ps(); }
  static __m512bh load(const char* b) { return reinterpret_cast<__m512bh>(_mm512_load_si512(b)); }
  static void fetch(const char*) {}
  static __m512bh broadcast(const char* a) { return reinterpret_cast<__m512bh>(_mm512_set1_epi32(word_at(a))); }
  static Vector add(Vector to, __m512bh x, __m512bh w) { return _mm512_dpbf16_ps(to, x, w); }
  static void store(float* acc, Vector x) { _mm512_store_ps(acc, x); }
};

// Packs floats and rounds them to bfloat16.
void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  qv_avx512::pack_by<128>(a, lda, rows, 4 * k, packed, [](const uint8_t* row, int left) {
    return round_chunk(reinterpret_cast<const float*>(row), left / 4);
  });
}

}  // namespace

extern const qv::GemmKernel bgemm;
const qv::GemmKernel bgemm = {Pairs::kRows, 32, 2, 2, 4, pack_a, Tile<Pairs>::run};

}  // namespace qv_avx512bf16
