// Four vectors of codes a chunk: fields of bytes by shifts and masks, single bits as mask registers. Levels come from byte
// shuffles of 16 entries each.
#include <immintrin.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_avx512 {
namespace {

struct Levels {
  __m512i part[8];  // 16 levels each, the same in all lanes
};

template <int Bits>
inline __m512i level_of(__m512i code, const Levels& levels) {
  if constexpr (Bits <= 4) {
    return _mm512_shuffle_epi8(levels.part[0], code);
  } else {
    const __m512i low = _mm512_and_si512(code, _mm512_set1_epi8(15));
    const __m512i high = _mm512_sub_epi8(code, low);
    __m512i weight = _mm512_shuffle_epi8(levels.part[0], low);
#pragma GCC unroll 8
    for (int p = 1; p < 1 << (Bits - 4); p++) {
      const __mmask64 here = _mm512_cmpeq_epi8_mask(high, _mm512_set1_epi8(static_cast<char>(16 * p)));
      weight = _mm512_mask_shuffle_epi8(weight, here, levels.part[p], low);
    }
    return weight;
  }
}

// Codes of field number Field of a chunk, 64 of them.
template <int Bits, int Field>
inline __m512i codes(const uint8_t* chunk) {
  constexpr int kTwos = (Bits & 4) * 32, kOnes = (Bits & 6) * 32;
  __m512i code = _mm512_setzero_si512();
  if constexpr (Bits & 4) {
    const __m512i fours = _mm512_loadu_si512(chunk + 64 * (Field / 2));
    code = _mm512_and_si512(Field % 2 ? _mm512_srli_epi16(fours, 4) : fours, _mm512_set1_epi8(15));
  }
  if constexpr (Bits & 2) {
    constexpr int kFrom = 2 * Field, kTo = Bits & 4 ? 4 : 0;
    __m512i twos = _mm512_loadu_si512(chunk + kTwos);
    if constexpr (kFrom > kTo) twos = _mm512_srli_epi16(twos, kFrom - kTo);
    if constexpr (kFrom < kTo) twos = _mm512_slli_epi16(twos, kTo - kFrom);
    code = _mm512_or_si512(code, _mm512_and_si512(twos, _mm512_set1_epi8(3 << kTo)));
  }
  if constexpr (Bits & 1) {
    uint64_t ones;
    memcpy(&ones, chunk + kOnes + 8 * Field, sizeof ones);
    code = _mm512_mask_add_epi8(code, ones, code, _mm512_set1_epi8(1 << (Bits & 6)));
  }
  return code;
}

template <int Bits, bool HasLevels, int Field>
inline void field(const uint8_t* chunk, const Levels& levels, int8_t* weights) {
  const __m512i code = codes<Bits, Field>(chunk);
  __m512i weight;
  if constexpr (HasLevels) {
    weight = level_of<Bits>(code, levels);
  } else {
    weight = _mm512_sub_epi8(code, _mm512_set1_epi8(1 << (Bits - 1)));
  }
  _mm512_storeu_si512(weights + 64 * Field, weight);
}

template <int Bits, bool HasLevels>
void run(const uint8_t* packed, size_t chunks, const int8_t* table, int8_t* weights) {
  Levels levels;
  if constexpr (HasLevels) {
    for (int p = 0; p < (Bits <= 4 ? 1 : 1 << (Bits - 4)); p++) {
      levels.part[p] = _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table + 16 * p)));
    }
  }
  for (size_t c = 0; c < chunks; c++, packed += 32 * Bits, weights += qv::kChunk) {
    field<Bits, HasLevels, 0>(packed, levels, weights);
    field<Bits, HasLevels, 1>(packed, levels, weights);
    field<Bits, HasLevels, 2>(packed, levels, weights);
    field<Bits, HasLevels, 3>(packed, levels, weights);
  }
}

using Run = void (*)(const uint8_t*, size_t, const int8_t*, int8_t*);
const Run kLinear[8] = {nullptr,       nullptr,       run<2, false>, run<3, false>,
                        run<4, false>, run<5, false>, run<6, false>, run<7, false>};
const Run kLevels[8] = {nullptr,      nullptr,      run<2, true>, run<3, true>,
                        run<4, true>, run<5, true>, run<6, true>, run<7, true>};

}  // namespace

void unpack(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights) {
  (levels ? kLevels : kLinear)[bits](packed, chunks, levels, weights);
}

}  // namespace qv_avx512
