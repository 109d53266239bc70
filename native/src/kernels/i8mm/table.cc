#include "dispatch/kernel_table.h"

namespace qv_neon {
void add_plain_epilogue(qv::KernelTable& table);
}

namespace qv_i8mm {

extern const qv::GemmKernel qgemm_u8s8;

void add_kernels(qv::KernelTable& table) {
  table.qgemm = &qgemm_u8s8;
  qv_neon::add_plain_epilogue(table);
}

}  // namespace qv_i8mm
