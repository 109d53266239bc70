#include "dispatch/kernel_table.h"

namespace qv_i8mm {

extern const qv::GemmKernel qgemm_u8s8;

void add_kernels(qv::KernelTable& table) { table.qgemm = &qgemm_u8s8; }

}  // namespace qv_i8mm
