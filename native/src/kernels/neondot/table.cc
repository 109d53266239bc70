#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_neondot {
extern const qv::GemmKernel qgemm_u8s8;
}

namespace qv {
// The rest, and the epilogue for activations less 128, are neon's.
extern "C" const KernelTable qv_kernels_neondot = {
    "neondot", QV_TIER_NEONDOT, &qv_neondot::qgemm_u8s8, nullptr, nullptr, nullptr, nullptr,
    nullptr,   nullptr,         nullptr,                 nullptr, nullptr, nullptr, nullptr, nullptr,
};
}  // namespace qv
