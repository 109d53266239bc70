#include "dispatch/kernel_table.h"

namespace qv_avx512bf16 {

extern const qv::GemmKernel bgemm;

void add_kernels(qv::KernelTable& table) {
  table.bgemm = &bgemm;
  table.attention_bf16 = &qv_attention_avx512bf16;
}

}  // namespace qv_avx512bf16
