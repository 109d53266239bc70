// Attention on AVX-512 VNNI: int8 products by VPDPBUSD.
#include "../attention.h"

#include <immintrin.h>
#include <string.h>

#include "../avx512/pack_words.h"

namespace {
#include "../avx512/attention_isa.inc"

struct Int {
  using I = __m512i;
  using F = __m512;
  static constexpr int32_t kQueryOffset = 128, kValueOffset = 0;

  static I set(int32_t x) { return _mm512_set1_epi32(x); }
  static I load(const int32_t *p) { return _mm512_loadu_si512(p); }
  static void store(int32_t *p, I x) { _mm512_storeu_si512(p, x); }
  static I add(I a, I b) { return _mm512_add_epi32(a, b); }
  // Assembly instead of the intrinsic, for which GCC copies the sum between registers until some are spilled.
  template <bool>
  static I dot(I sum, I a, I b) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
  }
  static int32_t reduce_add(I x) { return _mm512_reduce_add_epi32(x); }
  static F floats(I x) { return _mm512_cvtepi32_ps(x); }
  static I whole(F x) { return _mm512_cvtps_epi32(x); }  // to even
  static F round(F x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static F scale(F y, F n) { return _mm512_scalef_ps(y, n); }
  static F magnitude(F x) { return _mm512_abs_ps(x); }
  static F min(F a, F b) { return _mm512_min_ps(a, b); }
  static void store_bytes(uint8_t *p, I x) { _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8(x)); }
  static I join(const I (&x)[4]) {
    const I byte = set(255);
    const I low = _mm512_or_si512(_mm512_and_si512(x[0], byte), _mm512_slli_epi32(_mm512_and_si512(x[1], byte), 8));
    const I high = _mm512_or_si512(_mm512_slli_epi32(_mm512_and_si512(x[2], byte), 16), _mm512_slli_epi32(x[3], 24));
    return _mm512_or_si512(low, high);
  }
  // Returns what the offset of queries adds to the product with n words of a key.
  static int32_t offset_sum(const uint32_t *words, int64_t n) {
    I sum = set(0);
    for (int64_t i = 0; i < n; i += 16) sum = dot<false>(sum, set((int32_t)0x80808080), load((const int32_t *)words + i));
    return reduce_add(sum);
  }
};

#include "../attention_blocks.inc"

#include "../attention_int8.inc"
}  // namespace

extern "C" const qv_attention_kernel qv_attention_int8_avx512vnni = {
    "attention_int8_avx512vnni", takes_shape<Int8Form>, kBlockRows, packed_size<Int8Form>, scratch_size<Int8Form>,
    pack_block_keys,             pack_int8,             nullptr,    rows_block<Int8Form>};
