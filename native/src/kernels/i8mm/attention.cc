// Attention with FEAT_I8MM: int8 products by SUDOT, signed keys or values with unsigned queries or probabilities.
#include "../attention.h"

#include <arm_neon.h>
#include <string.h>

namespace {
#include "../neon/attention_isa.inc"

#include "../neon/attention_int.inc"

struct Mixed {
  template <int Lane>
  static int32x4_t lane(int32x4_t sum, int32x4_t x, int32x4_t y) {
    return vsudotq_laneq_s32(sum, vreinterpretq_s8_s32(x), vreinterpretq_u8_s32(y), Lane);
  }
};

struct Int : NeonInt {
  static constexpr int32_t kQueryOffset = 128, kValueOffset = 0;

  template <bool, int R, int Z>
  static void tile(const uint32_t *a, int64_t a_ld, const uint32_t *b, int64_t steps, int32x4_t (&acc)[R][Z]) {
    int_tile<Mixed, R, Z>(a, a_ld, b, steps, acc);
  }

  // Returns what the offset of queries adds to the product with n words of a key.
  static int32_t offset_sum(const uint32_t *words, int64_t n) {
    I sum = set(0);
    for (int64_t i = 0; i < n; i += 4) sum = vusdotq_s32(sum, vdupq_n_u8(128), vreinterpretq_s8_u32(vld1q_u32(words + i)));
    return reduce_add(sum);
  }
};

#include "../attention_blocks.inc"

#include "../attention_int8.inc"
}  // namespace

extern "C" const qv_attention_kernel qv_attention_int8_i8mm = {
    "attention_int8_i8mm", takes_shape<Int8Form>, kBlockRows, packed_size<Int8Form>, scratch_size<Int8Form>,
    pack_block_keys,       pack_int8,             nullptr,    rows_block<Int8Form>};
