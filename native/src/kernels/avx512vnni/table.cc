#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_avx512vnni {
extern const qv::QgemmKernel qgemm_u8s8;
void epilogue_s32(const qv::EpilogueTile* tile);
}  // namespace qv_avx512vnni

namespace qv {
extern "C" const KernelTable qv_kernels_avx512vnni = {
    "avx512vnni", QV_TIER_AVX512VNNI, &qv_avx512vnni::qgemm_u8s8, qv_avx512vnni::epilogue_s32,
};
}  // namespace qv
