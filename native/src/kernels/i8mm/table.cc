#include "dispatch/kernel_table.h"

namespace qv_i8mm {

extern const qv::GemmKernel qgemm_u8s8;

void add_kernels(qv::KernelTable& table) {
  table.qgemm = &qgemm_u8s8;
  table.attention_int8 = &qv_attention_int8_i8mm;
}

}  // namespace qv_i8mm
