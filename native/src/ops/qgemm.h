// The int8 product on a pool: see qv_qgemm_u8s8 in quantvoice.h.
#pragma once

#include "ops/s8_matrix.h"
#include "pool/thread_pool.h"
#include "quantvoice.h"

namespace qv {

// Checks all arguments but the extent of the buffers, which only the caller knows.
qv_status qgemm_u8s8(Turn& turn, const qv_u8_rows& a, const qv_s8_matrix& w, const qv_epilogue& epilogue, void* out,
                     int64_t ldc);

}  // namespace qv
