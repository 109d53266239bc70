#include "dispatch/kernel_table.h"

namespace qv_scalar {

extern const qv::GemmKernel qgemm_u8s8, sgemm;
extern const qv::RowKernels rows;
void epilogue_s32(const qv::EpilogueTile* tile);
void epilogue_f32(const qv::EpilogueTile* tile);
void quantize_rows(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void layernorm(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void activate(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void log_softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch);
void taps(const float* const* x, const float* const* w, int count, const float* start, int64_t n, float* y);
void unpack(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights);

void add_kernels(qv::KernelTable& table) {
  table.qgemm = &qgemm_u8s8;
  table.sgemm = &sgemm;
  table.epilogue_s32 = epilogue_s32;
  table.epilogue_f32 = epilogue_f32;
  table.quantize_rows = quantize_rows;
  table.layernorm = layernorm;
  table.activate = activate;
  table.softmax = softmax;
  table.log_softmax = log_softmax;
  table.taps = taps;
  table.rows = &rows;
  table.unpack = unpack;
  table.attention = &qv_attention_scalar;
}

}  // namespace qv_scalar
