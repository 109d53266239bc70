// Int8 weights packed for one tier: panels of nr columns, each [steps][nr][ku], zero beyond n and k.
#pragma once

#include "dispatch/kernel_table.h"
#include "quantvoice.h"

struct qv_s8_matrix {
  const qv::QgemmKernel* kernel;
  void (*epilogue)(const qv::EpilogueTile* tile);
  int n, k;
  int steps;   // of kernel->ku, the last one filled up with zeros
  int panels;  // of kernel->nr columns, likewise
  int64_t bytes;
  int8_t* data;
  int32_t* column_sum;  // [panels * nr], for the zero point of the activations
  float* scale;         // [panels * nr]
  float* bias;          // [panels * nr]
};

namespace qv {

// Weights [n, k] with ldw bytes from row to row; scale [n], bias [n] or NULL.
struct S8Weights {
  const int8_t* data;
  int64_t n, k, ldw;
  const float* scale;
  const float* bias;
};

qv_status create_s8_matrix(const KernelTable& table, const S8Weights& weights, qv_s8_matrix** matrix);

}  // namespace qv
