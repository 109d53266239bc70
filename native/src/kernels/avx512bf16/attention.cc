// Attention on AVX-512 BF16: both products as bfloat16 dot products with float sums, softmax in float.
#include "../attention.h"

#include <immintrin.h>
#include <string.h>

#include "../avx512/pack_words.h"
#include "round_chunk.h"

namespace {
#include "../avx512/attention_isa.inc"

#include "../attention_blocks.inc"

#include "../attention_float.inc"

// The form of attention that multiplies bfloat16, in which a word is two of them: two neighbours of d, or two keys.
struct BfloatForm : FloatForm {
  static constexpr int kDepth = 2;
  using Words = __m512bh;

  static Words load(const uint32_t *words) { return (Words)_mm512_loadu_si512(words); }
  static Words repeat(uint32_t word) { return (Words)_mm512_set1_epi32((int)word); }
  template <bool>
  static F add_product(F sum, Words a, Words b) { return _mm512_dpbf16_ps(sum, a, b); }

  template <bool Values, int R, int Z>
  static void tile(const uint32_t *a, int64_t a_ld, const uint32_t *b, int64_t steps, F (&acc)[R][Z]) {
    multiply<BfloatForm, Values, R, Z>(a, a_ld, b, steps, acc);
  }

  static const Extra *extra_of(const void *, const Layout<BfloatForm> &) { return nullptr; }
  static size_t extra_bytes(const Layout<BfloatForm> &) { return 0; }
  static const float *key_scale(const void *, const Layout<BfloatForm> &, int64_t) { return nullptr; }

  static float query_words(const float *q, int64_t d, float scale, const void *, const Layout<BfloatForm> &, uint32_t *words) {
    for (int64_t c = 0; c < d; c += 16) {
      const F x = _mm512_mul_ps(set(scale), Isa::load_part(q + c, d - c));
      _mm256_store_si256((__m256i *)(words + c / 2), (__m256i)_mm512_cvtneps_pbh(x));
    }
    return 1;
  }

  static void key_words(const float *k, int64_t d, uint32_t *words) {
    for (int64_t c = 0; c < d; c += 32) _mm512_store_si512(words + c / 2, qv_avx512bf16::round_chunk(k + c, (int)(d - c)));
  }

  static void value_words(const qv_attention_args *a, int64_t key, int64_t c, uint32_t *words) {
    const __m512i low = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i both = _mm512_or_si512(low, _mm512_slli_epi32(_mm512_add_epi32(low, _mm512_set1_epi32(16)), 16));
    F even = Isa::set(0), odd = even;
    if (key < a->keys) even = Isa::load_part(a->v + key * a->v_ld + c, a->d - c);
    if (key + 1 < a->keys) odd = Isa::load_part(a->v + (key + 1) * a->v_ld + c, a->d - c);
    _mm512_storeu_si512(words, _mm512_permutexvar_epi16(both, (__m512i)_mm512_cvtne2ps_pbh(odd, even)));
  }

  // Returns 2^x to half a unit of bfloat16; below -126 the result fades to 0.
  static F short_exp2(F x) {
    const F n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const F f = _mm512_sub_ps(x, n);
    F y = _mm512_fmadd_ps(f, set(0.05517167f), set(0.24261112f));
    y = _mm512_fmadd_ps(y, f, set(0.69326099f));
    y = _mm512_fmadd_ps(y, f, set(0.99992807f));
    return _mm512_scalef_ps(y, n);
  }

  static float exponentials(float *s, int64_t n, float base) {
    const F from = set(base);
    F sum0 = set(0), sum1 = sum0;
    for (int64_t j = 0; j < n; j += 32) {
      const F a = short_exp2(_mm512_sub_ps(Isa::load(s + j), from)), b = short_exp2(_mm512_sub_ps(Isa::load(s + j + 16), from));
      sum0 = _mm512_add_ps(sum0, a);
      sum1 = _mm512_add_ps(sum1, b);
      _mm512_store_si512((uint16_t *)s + j, (__m512i)_mm512_cvtne2ps_pbh(b, a));
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
  }

  static void finish_row(const float *sums, float norm, const void *, const Layout<BfloatForm> &at, float *out) {
    finish_floats(sums, norm, at.d, out);
  }

 private:
  static F set(float x) { return Isa::set(x); }
};
}  // namespace

extern "C" const qv_attention_kernel qv_attention_avx512bf16 = {
    "attention_avx512bf16",   takes_shape<BfloatForm>, kBlockRows,
    packed_size<BfloatForm>,  scratch_size<BfloatForm>, pack_block_keys, nullptr,
    pack_block<BfloatForm>,   rows_block<BfloatForm>};
