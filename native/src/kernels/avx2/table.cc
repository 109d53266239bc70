#define QV_TIER qv_avx2
#include "kernels/avx2/lanes.h"

#include "kernels/lanes/kernels.inc"

namespace qv_avx2 {

extern const qv::GemmKernel qgemm_u8s8, sgemm;
extern const qv::RowKernels rows;
void unpack(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights);

void add_kernels(qv::KernelTable& table) {
  add_lane_kernels(table);
  table.qgemm = &qgemm_u8s8;
  table.sgemm = &sgemm;
  table.rows = &rows;
  table.unpack = unpack;
  table.attention = &qv_attention_avx2;
}

}  // namespace qv_avx2
