#include "dispatch/cpu_features.h"
#include "dispatch/kernel_table.h"

namespace qv_avxvnni {

extern const qv::GemmKernel qgemm_vex, qgemm_evex;

// Both are one source. CPUs with AVX-512 VNNI know the instruction in the EVEX form only, unless they have AVX-VNNI too.
void add_kernels(qv::KernelTable& table) { table.qgemm = qv::cpu_features().avxvnni ? &qgemm_vex : &qgemm_evex; }

}  // namespace qv_avxvnni
