#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_scalar {
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
}  // namespace qv_scalar

namespace qv {
extern "C" const KernelTable qv_kernels_scalar = {
    "scalar",
    QV_TIER_SCALAR,
    &qv_scalar::qgemm_u8s8,
    &qv_scalar::sgemm,
    nullptr,
    nullptr,
    qv_scalar::epilogue_s32,
    qv_scalar::epilogue_f32,
    qv_scalar::quantize_rows,
    qv_scalar::layernorm,
    qv_scalar::activate,
    qv_scalar::softmax,
    qv_scalar::log_softmax,
    &qv_scalar::rows,
    qv_scalar::unpack,
};
}  // namespace qv
