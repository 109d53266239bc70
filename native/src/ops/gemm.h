// The driver of products of rows with packed weights on one thread, for int8, float and bfloat16.
#pragma once

#include "ops/packed_matrix.h"

namespace qv {

// Rows of activations, and the output of their products: out = output(activation(product + bias) * mul + residual), or
// without mul if there is no residual. Nothing is checked; rows may overlap, as those of a convolution do, and the
// residual may be the output.
struct GemmCall {
  const void* a;     // uint8 for int8 weights, else float
  int64_t a_stride;  // bytes from row to row
  const float* scale = nullptr;  // of uint8: one scale and zero point, or one a row. Zero points are held to 0..255, as
  const int32_t* zero = nullptr;  // anyone may have written them; so the sums cannot overflow
  bool per_row = false;
  void* out;
  int64_t ldc;  // elements from row to row of out
  qv_output output = QV_OUT_FLOAT32;
  float out_scale = 1;  // of QV_OUT_UINT8
  int out_zero = 0;
  int activation = QV_ACT_NONE;
  float alpha = 0;
  const float* residual = nullptr;  // or NULL
  int64_t ldr = 0;                  // elements from row to row of residual
  float mul = 1;
};

// Returns the scratch bytes of gemm for up to this many rows.
size_t gemm_scratch(const PackedMatrix& w, int64_t rows);

// Multiplies rows [0, rows) with the columns of panels [panel0, panel1). Outputs do not depend on how rows and panels
// are cut.
void gemm(const GemmCall& call, const PackedMatrix& w, int64_t rows, int panel0, int panel1, char* scratch);

}  // namespace qv
