#define QV_TIER qv_neon
#include "kernels/neon/lanes.h"

#include "kernels/lanes/kernels.inc"

namespace qv_neon {

extern const qv::GemmKernel qgemm_u8s8, sgemm;
void unpack(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights);

// The executor's row kernels are those of scalar: NEON is in the baseline, so the compiler vectorized them there.
void add_kernels(qv::KernelTable& table) {
  add_lane_kernels(table);
  table.qgemm = &qgemm_u8s8;
  table.sgemm = &sgemm;
  table.unpack = unpack;
  table.attention = &qv_attention_neon;
}

}  // namespace qv_neon
