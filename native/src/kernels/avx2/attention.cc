// Attention on AVX2 and FMA, float throughout: vectors of 8 floats, register tiles of 6 x 2.
#include "../attention.h"

#include <immintrin.h>
#include <string.h>

namespace {
#include "attention_isa.inc"

#include "../attention_blocks.inc"

#include "../attention_float.inc"
}  // namespace

extern "C" const qv_attention_kernel qv_attention_avx2 = {
    "attention_avx2",        takes_shape<FloatForm>, kBlockRows,
    packed_size<FloatForm>,  scratch_size<FloatForm>, pack_block_keys, nullptr,
    pack_block<FloatForm>,   rows_block<FloatForm>};
