#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_i8mm {
extern const qv::GemmKernel qgemm_u8s8;
}
namespace qv_neon {
void epilogue_s32(const qv::EpilogueTile* tile);
}

namespace qv {
// Activations are taken as they are, so the sums need neon's plain epilogue, not that of the tier below.
extern "C" const KernelTable qv_kernels_i8mm = {
    "i8mm",  QV_TIER_I8MM, &qv_i8mm::qgemm_u8s8, nullptr, nullptr, nullptr, qv_neon::epilogue_s32,
    nullptr, nullptr,      nullptr,              nullptr, nullptr, nullptr, nullptr, nullptr,
};
}  // namespace qv
