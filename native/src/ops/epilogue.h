// What the GEMMs share about epilogues: checks, and the part of a tile that does not change within a call.
#pragma once

#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv {

qv_status check_epilogue(const qv_epilogue& epilogue, const void* out, int64_t ldc, int64_t n);

// Fills activation, output, ldr and ldc of a tile; acc, rows, cols and the pointers are the caller's.
void begin_tile(const qv_epilogue& epilogue, int64_t ldc, EpilogueTile* tile);

// Bytes of one element of an output type.
size_t output_bytes(qv_output output);

// Points out and residual of a tile at (row, col).
void place_tile(const qv_epilogue& epilogue, void* out, int64_t row, int64_t col, EpilogueTile* tile);

}  // namespace qv
