#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv_avx512bf16 {
extern const qv::GemmKernel bgemm;
void pack_floats(const void* a, ptrdiff_t lda_bytes, int rows, int k, void* packed);
}  // namespace qv_avx512bf16

namespace qv {
extern "C" const KernelTable qv_kernels_avx512bf16 = {
    "avx512bf16", QV_TIER_AVX512VNNI, nullptr, nullptr, &qv_avx512bf16::bgemm, qv_avx512bf16::pack_floats,
    nullptr,      nullptr,            nullptr, nullptr, nullptr,               nullptr,
    nullptr,      nullptr,            nullptr,
};
}  // namespace qv
