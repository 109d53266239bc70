// Runs the driver of products on memory that ends at guard pages, whole or cut as threads cut it.
#pragma once

#include "guarded.h"
#include "ops/gemm.h"

// Rows [begin, end) of a product in panels [panel0, panel1).
inline void run_part(const qv::GemmCall& call, const qv::PackedMatrix& w, int64_t begin, int64_t end, int panel0, int panel1) {
  qv::GemmCall part = call;
  part.a = static_cast<const char*>(call.a) + begin * call.a_stride;
  if (call.per_row) {
    part.scale += begin;
    part.zero += begin;
  }
  part.out = static_cast<char*>(call.out) + begin * call.ldc * (call.output == QV_OUT_UINT8 ? 1 : 4);
  if (call.residual) part.residual += begin * call.ldr;
  Guarded<char> scratch(qv::gemm_scratch(w, end - begin));
  memset(scratch.data(), 0x5a, scratch.size());
  qv::gemm(part, w, end - begin, panel0, panel1, scratch.data());
}

// parts: 1, or 2 for two shares of the rows with two shares of the panels each.
inline void run_product(const qv::GemmCall& call, const qv::PackedMatrix& w, int64_t rows, int parts) {
  for (int r = 0; r < parts; r++) {
    for (int p = 0; p < parts; p++) {
      run_part(call, w, rows * r / parts, rows * (r + 1) / parts, w.panels * p / parts, w.panels * (p + 1) / parts);
    }
  }
}
