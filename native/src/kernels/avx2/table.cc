#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_avx2 {
extern const qv::GemmKernel qgemm_u8s8, sgemm;
void epilogue_s32(const qv::EpilogueTile* tile);
void epilogue_f32(const qv::EpilogueTile* tile);
void quantize_rows(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void layernorm(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void activate(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void log_softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
extern const qv::RowKernels rows;
void unpack(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights);
}  // namespace qv_avx2

namespace qv {
extern "C" const KernelTable qv_kernels_avx2 = {
    "avx2",
    QV_TIER_AVX2,
    &qv_avx2::qgemm_u8s8,
    &qv_avx2::sgemm,
    nullptr,
    nullptr,
    qv_avx2::epilogue_s32,
    qv_avx2::epilogue_f32,
    qv_avx2::quantize_rows,
    qv_avx2::layernorm,
    qv_avx2::activate,
    qv_avx2::softmax,
    qv_avx2::log_softmax,
    &qv_avx2::rows,
    qv_avx2::unpack,
};
}  // namespace qv
