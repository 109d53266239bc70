#include "dispatch/kernel_table.h"

namespace qv_avx512bf16 {

extern const qv::GemmKernel bgemm;
void pack_floats(const void* a, ptrdiff_t lda_bytes, int rows, int k, void* packed);

void add_kernels(qv::KernelTable& table) {
  table.bgemm = &bgemm;
  table.pack_floats = pack_floats;
  table.attention_bf16 = &qv_attention_avx512bf16;
}

}  // namespace qv_avx512bf16
