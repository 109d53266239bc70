#include "dispatch/kernel_table.h"

namespace qv_avx512vnni {

extern const qv::GemmKernel qgemm_u8s8;

void add_kernels(qv::KernelTable& table) {
  table.qgemm = &qgemm_u8s8;
  table.attention_int8 = &qv_attention_int8_avx512vnni;
}

}  // namespace qv_avx512vnni
