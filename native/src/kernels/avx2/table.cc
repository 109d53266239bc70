#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_avx2 {
extern const qv::QgemmKernel qgemm_u8s8;
void epilogue_s32(const qv::EpilogueTile* tile);
}  // namespace qv_avx2

namespace qv {
extern "C" const KernelTable qv_kernels_avx2 = {
    "avx2", QV_TIER_AVX2, &qv_avx2::qgemm_u8s8, qv_avx2::epilogue_s32,
};
}  // namespace qv
