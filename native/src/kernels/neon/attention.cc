// Attention on NEON, float throughout: vectors of 4 floats, register tiles of 6 x 4.
#include "../attention.h"

#include <arm_neon.h>
#include <string.h>

namespace {
#include "attention_isa.inc"

#include "../attention_blocks.inc"

#include "../attention_float.inc"
}  // namespace

extern "C" const qv_attention_kernel qv_attention_neon = {
    "attention_neon",        takes_shape<FloatForm>, kBlockRows,
    packed_size<FloatForm>,  scratch_size<FloatForm>, pack_block_keys, nullptr,
    pack_block<FloatForm>,   rows_block<FloatForm>};
