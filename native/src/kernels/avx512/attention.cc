// Attention on AVX-512F, float throughout.
#include "../attention.h"

#include <immintrin.h>
#include <string.h>

#include "pack_words.h"

namespace {
#include "attention_isa.inc"

#include "../attention_blocks.inc"

#include "../attention_float.inc"
}  // namespace

extern "C" const qv_attention_kernel qv_attention_avx512 = {
    "attention_avx512",      takes_shape<FloatForm>, kBlockRows,
    packed_size<FloatForm>,  scratch_size<FloatForm>, pack_block_keys, nullptr,
    pack_block<FloatForm>,   rows_block<FloatForm>};
