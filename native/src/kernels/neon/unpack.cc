// Sixteen vectors of codes a chunk: fields of bytes by shifts and masks, single bits spread over bytes by a table look-up.
// Levels come from tables of up to 64 entries.
#include <arm_neon.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_neon {
namespace {

struct Levels {
  int8x16x4_t part[2];  // 64 levels each
};

template <int Bits>
inline int8x16_t level_of(uint8x16_t code, const Levels& levels) {
  if constexpr (Bits <= 4) {
    return vqtbl1q_s8(levels.part[0].val[0], code);
  } else if constexpr (Bits == 5) {
    return vqtbl2q_s8({{levels.part[0].val[0], levels.part[0].val[1]}}, code);
  } else if constexpr (Bits == 6) {
    return vqtbl4q_s8(levels.part[0], code);
  } else {  // an index beyond a table gives 0, or leaves the byte unchanged
    return vqtbx4q_s8(vqtbl4q_s8(levels.part[0], code), levels.part[1], vsubq_u8(code, vdupq_n_u8(64)));
  }
}

// Spreads bit i of 16 to byte i, with all bits set or none.
inline uint8x16_t spread(const uint8_t* bits) {
  uint16_t word;
  memcpy(&word, bits, sizeof word);
  const uint8x16_t both = vreinterpretq_u8_u16(vdupq_n_u16(word));
  const uint8x16_t byte = vcombine_u8(vdup_n_u8(0), vdup_n_u8(1));
  const uint8x16_t bit = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
  return vtstq_u8(vqtbl1q_u8(both, byte), bit);
}

// 16 codes: quarter number `part` of field number Field of a chunk.
template <int Bits, int Field>
inline uint8x16_t codes(const uint8_t* chunk, int part) {
  constexpr int kTwos = (Bits & 4) * 32, kOnes = (Bits & 6) * 32, kLow = Bits & 6;
  uint8x16_t code = vdupq_n_u8(0);
  if constexpr (Bits & 4) {
    const uint8x16_t fours = vld1q_u8(chunk + 64 * (Field / 2) + 16 * part);
    code = Field % 2 ? vshrq_n_u8(fours, 4) : vandq_u8(fours, vdupq_n_u8(15));
  }
  if constexpr (Bits & 2) {
    uint8x16_t twos = vld1q_u8(chunk + kTwos + 16 * part);
    if constexpr (Field > 0) twos = vshrq_n_u8(twos, 2 * Field);
    twos = vandq_u8(twos, vdupq_n_u8(3));
    code = vorrq_u8(code, Bits & 4 ? vshlq_n_u8(twos, 4) : twos);
  }
  if constexpr (Bits & 1) {
    const uint8x16_t ones = spread(chunk + kOnes + 8 * Field + 2 * part);
    code = vorrq_u8(code, vandq_u8(ones, vdupq_n_u8(1 << kLow)));
  }
  return code;
}

template <int Bits, bool HasLevels, int Field>
inline void field(const uint8_t* chunk, const Levels& levels, int8_t* weights) {
#pragma GCC unroll 4
  for (int part = 0; part < 4; part++) {
    const uint8x16_t code = codes<Bits, Field>(chunk, part);
    int8x16_t weight;
    if constexpr (HasLevels) {
      weight = level_of<Bits>(code, levels);
    } else {
      weight = vsubq_s8(vreinterpretq_s8_u8(code), vdupq_n_s8(1 << (Bits - 1)));
    }
    vst1q_s8(weights + 64 * Field + 16 * part, weight);
  }
}

template <int Bits, bool HasLevels>
void run(const uint8_t* packed, size_t chunks, const int8_t* table, int8_t* weights) {
  Levels levels = {};
  if constexpr (HasLevels) {
    for (int p = 0; p < (Bits <= 4 ? 1 : 1 << (Bits - 4)); p++) {
      levels.part[p / 4].val[p % 4] = vld1q_s8(table + 16 * p);
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

}  // namespace qv_neon
