#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_neon {
extern const qv::GemmKernel qgemm_u8s8, sgemm;
void epilogue_s32_of_signed(const qv::EpilogueTile* tile);
void epilogue_f32(const qv::EpilogueTile* tile);
void quantize_rows(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void layernorm(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void activate(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void log_softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void unpack(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights);
}  // namespace qv_neon

namespace qv {
// The row kernels are those of scalar: NEON is in the baseline, so the compiler made them vectors there.
extern "C" const KernelTable qv_kernels_neon = {
    "neon",
    QV_TIER_NEON,
    &qv_neon::qgemm_u8s8,
    &qv_neon::sgemm,
    nullptr,
    nullptr,
    qv_neon::epilogue_s32_of_signed,
    qv_neon::epilogue_f32,
    qv_neon::quantize_rows,
    qv_neon::layernorm,
    qv_neon::activate,
    qv_neon::softmax,
    qv_neon::log_softmax,
    nullptr,
    qv_neon::unpack,
};
}  // namespace qv
