#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_scalar {
extern const qv::QgemmKernel qgemm_u8s8;
void epilogue_s32(const qv::EpilogueTile* tile);
}  // namespace qv_scalar

namespace qv {
extern "C" const KernelTable qv_kernels_scalar = {
    "scalar", QV_TIER_SCALAR, &qv_scalar::qgemm_u8s8, qv_scalar::epilogue_s32,
};
}  // namespace qv
