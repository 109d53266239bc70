// Attention with FEAT_DotProd: int8 products by SDOT for scores and by UDOT for values, which get 128 added; what that adds
// is 128 times the sum of the probabilities.
#include "../attention.h"

#include <arm_neon.h>
#include <string.h>

namespace {
#include "../neon/attention_isa.inc"

#include "../neon/attention_int.inc"

struct Signed {
  template <int Lane>
  static int32x4_t lane(int32x4_t sum, int32x4_t x, int32x4_t y) {
    return vdotq_laneq_s32(sum, vreinterpretq_s8_s32(x), vreinterpretq_s8_s32(y), Lane);
  }
};

struct Unsigned {
  template <int Lane>
  static int32x4_t lane(int32x4_t sum, int32x4_t x, int32x4_t y) {
    return vreinterpretq_s32_u32(
        vdotq_laneq_u32(vreinterpretq_u32_s32(sum), vreinterpretq_u8_s32(x), vreinterpretq_u8_s32(y), Lane));
  }
};

struct Int : NeonInt {
  static constexpr int32_t kQueryOffset = 0, kValueOffset = 128;

  template <bool Values, int R, int Z>
  static void tile(const uint32_t *a, int64_t a_ld, const uint32_t *b, int64_t steps, int32x4_t (&acc)[R][Z]) {
    if constexpr (Values) int_tile<Unsigned, R, Z>(a, a_ld, b, steps, acc);
    else int_tile<Signed, R, Z>(a, a_ld, b, steps, acc);
  }

  static int32_t offset_sum(const uint32_t *, int64_t) { return 0; }
};

#include "../attention_blocks.inc"

#include "../attention_int8.inc"
}  // namespace

extern "C" const qv_attention_kernel qv_attention_int8_neondot = {
    "attention_int8_neondot", takes_shape<Int8Form>, kBlockRows, packed_size<Int8Form>, scratch_size<Int8Form>,
    pack_block_keys,          pack_int8,             nullptr,    rows_block<Int8Form>};
