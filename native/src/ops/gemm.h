// Products on a pool: one driver for int8, float and bfloat16; see qv_qgemm_u8s8 and qv_fgemm in quantvoice.h.
#pragma once

#include "ops/packed_matrix.h"
#include "pool/thread_pool.h"
#include "quantvoice.h"

namespace qv {

// out = epilogue(a * w). Checks everything but the extent of the buffers, which only the caller knows.
qv_status qgemm_u8s8(Turn& turn, const qv_u8_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out,
                     int64_t ldc);
qv_status fgemm(Turn& turn, const qv_float_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out,
                int64_t ldc);

// Scratch bytes that gemm_on_worker needs for products of up to m rows with w.
size_t gemm_scratch(int64_t m, const PackedMatrix& w);

// The same within a worker's own task, without the pool: for many small products at once, such as attention heads.
// Arguments are not checked.
void qgemm_on_worker(const qv_u8_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out, int64_t ldc,
                     void* scratch);
void fgemm_on_worker(const qv_float_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out, int64_t ldc,
                     void* scratch);

}  // namespace qv
