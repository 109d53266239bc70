#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_avx512vnni {
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
}  // namespace qv_avx512vnni

namespace qv {
extern "C" const KernelTable qv_kernels_avx512vnni = {
    "avx512vnni",
    QV_TIER_AVX512VNNI,
    &qv_avx512vnni::qgemm_u8s8,
    &qv_avx512vnni::sgemm,
    nullptr,
    nullptr,
    qv_avx512vnni::epilogue_s32,
    qv_avx512vnni::epilogue_f32,
    qv_avx512vnni::quantize_rows,
    qv_avx512vnni::layernorm,
    qv_avx512vnni::activate,
    qv_avx512vnni::softmax,
    qv_avx512vnni::log_softmax,
    &qv_avx512vnni::rows,
    qv_avx512vnni::unpack,
};
}  // namespace qv
