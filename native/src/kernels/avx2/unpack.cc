// Eight vectors of codes a chunk: fields of bytes by shifts and masks, single bits spread over bytes by a shuffle. Levels
// come from byte shuffles of 16 entries each.
#include <immintrin.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_avx2 {
namespace {

struct Levels {
  __m256i part[8];  // 16 levels each, the same in both lanes
};

template <int Bits>
inline __m256i level_of(__m256i code, const Levels& levels) {
  if constexpr (Bits <= 4) {
    return _mm256_shuffle_epi8(levels.part[0], code);
  } else {
    const __m256i low = _mm256_and_si256(code, _mm256_set1_epi8(15));
    const __m256i high = _mm256_sub_epi8(code, low);
    __m256i weight = _mm256_shuffle_epi8(levels.part[0], low);
#pragma GCC unroll 8
    for (int p = 1; p < 1 << (Bits - 4); p++) {
      const __m256i here = _mm256_cmpeq_epi8(high, _mm256_set1_epi8(static_cast<char>(16 * p)));
      weight = _mm256_blendv_epi8(weight, _mm256_shuffle_epi8(levels.part[p], low), here);
    }
    return weight;
  }
}

// Spreads bit i of 32 to byte i, as 1 or 0.
inline __m256i spread(const uint8_t* bits) {
  int32_t word;
  memcpy(&word, bits, sizeof word);
  const __m256i byte = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3,
                                        3, 3, 3, 3);
  const __m256i bit = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201));
  const __m256i mine = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(word), byte), bit);
  return _mm256_and_si256(_mm256_cmpeq_epi8(mine, bit), _mm256_set1_epi8(1));
}

// 32 codes: half number Half of field number Field of a chunk.
template <int Bits, int Field, int Half>
inline __m256i codes(const uint8_t* chunk) {
  constexpr int kTwos = (Bits & 4) * 32, kOnes = (Bits & 6) * 32;
  __m256i code = _mm256_setzero_si256();
  if constexpr (Bits & 4) {
    const __m256i fours = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(chunk + 64 * (Field / 2) + 32 * Half));
    code = _mm256_and_si256(Field % 2 ? _mm256_srli_epi16(fours, 4) : fours, _mm256_set1_epi8(15));
  }
  if constexpr (Bits & 2) {
    constexpr int kFrom = 2 * Field, kTo = Bits & 4 ? 4 : 0;
    __m256i twos = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(chunk + kTwos + 32 * Half));
    if constexpr (kFrom > kTo) twos = _mm256_srli_epi16(twos, kFrom - kTo);
    if constexpr (kFrom < kTo) twos = _mm256_slli_epi16(twos, kTo - kFrom);
    code = _mm256_or_si256(code, _mm256_and_si256(twos, _mm256_set1_epi8(3 << kTo)));
  }
  if constexpr (Bits & 1) {
    const __m256i ones = spread(chunk + kOnes + 8 * Field + 4 * Half);
    code = _mm256_or_si256(code, _mm256_slli_epi16(ones, Bits & 6));
  }
  return code;
}

template <int Bits, bool HasLevels, int Field, int Half>
inline void half(const uint8_t* chunk, const Levels& levels, int8_t* weights) {
  const __m256i code = codes<Bits, Field, Half>(chunk);
  __m256i weight;
  if constexpr (HasLevels) {
    weight = level_of<Bits>(code, levels);
  } else {
    weight = _mm256_sub_epi8(code, _mm256_set1_epi8(1 << (Bits - 1)));
  }
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(weights + 64 * Field + 32 * Half), weight);
}

template <int Bits, bool HasLevels, int Field>
inline void field(const uint8_t* chunk, const Levels& levels, int8_t* weights) {
  half<Bits, HasLevels, Field, 0>(chunk, levels, weights);
  half<Bits, HasLevels, Field, 1>(chunk, levels, weights);
}

template <int Bits, bool HasLevels>
void run(const uint8_t* packed, size_t chunks, const int8_t* table, int8_t* weights) {
  Levels levels;
  if constexpr (HasLevels) {
    for (int p = 0; p < (Bits <= 4 ? 1 : 1 << (Bits - 4)); p++) {
      levels.part[p] = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table + 16 * p)));
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

}  // namespace qv_avx2
