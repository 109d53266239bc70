#include "dispatch/cpu_features.h"
#include "dispatch/kernel_table.h"

namespace qv_avxvnni {

extern const qv::GemmKernel qgemm_vex, qgemm_evex;

// Both forms come from one source. CPUs with AVX-512 VNNI have the instruction only in the EVEX form, unless they have
// AVX-VNNI too.
void add_kernels(qv::KernelTable& table) {
  const bool vex = qv::cpu_features().avxvnni;
  table.qgemm = vex ? &qgemm_vex : &qgemm_evex;
  table.attention_int8 = vex ? &qv_attention_int8_vex : &qv_attention_int8_evex;
}

}  // namespace qv_avxvnni
