// Weights packed for one kernel: panels of nr columns, each [steps][nr][ku], zero beyond n and k.
#pragma once

#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv {

struct PackedMatrix {
  const GemmKernel* kernel;
  void (*pack_a)(const void* a, ptrdiff_t lda_bytes, int rows, int k, void* packed);
  void (*pack_floats)(const void* a, ptrdiff_t lda_bytes, int rows, int k, void* packed);  // NULL: takes no floats
  void (*epilogue)(const EpilogueTile* tile);
  int n, k;
  int a_element;  // bytes of one activation that pack_a takes
  int steps;      // of kernel->ku, the last one filled up with zeros
  int panels;     // of kernel->nr columns, likewise
  int64_t bytes;
  char* data;
  int32_t* column_sum;  // [panels * nr], for the zero point of uint8 activations
  float* scale;         // [panels * nr], int8 weights only
  float* bias;          // [panels * nr]
};

// Weights [n, k]: element (i, j) is data[i * ldn + j * ldk]. bias is [n] or NULL.
struct S8Weights {
  const int8_t* data;
  int64_t n, k, ldn, ldk;
  const float* scale;  // [n]
  const float* bias;
};
struct FloatWeights {
  const float* data;
  int64_t n, k, ldn, ldk;
  const float* bias;
};

// Bytes that a packed matrix of these sizes takes, for one that is to be placed in an arena.
size_t packed_bytes(const GemmKernel& kernel, int64_t n, int64_t k);

// Packs into memory of packed_bytes, 64-byte aligned, and returns it as a matrix; it owns nothing.
qv_status place_s8_matrix(const KernelTable& table, const S8Weights& weights, void* memory, PackedMatrix** matrix);

// Floats for sgemm, or rounded to bfloat16: for bgemm where there is one, else rounded and then for sgemm.
qv_status place_float_matrix(const KernelTable& table, const FloatWeights& weights, qv_precision precision, void* memory,
                             PackedMatrix** matrix);
const GemmKernel& float_kernel(const KernelTable& table, qv_precision precision);

// The same in memory of their own, to be given back with release(). Sizes are checked, as those from outside must be.
qv_status create_s8_matrix(const KernelTable& table, const S8Weights& weights, PackedMatrix** matrix);
qv_status create_float_matrix(const KernelTable& table, const FloatWeights& weights, qv_precision precision,
                              PackedMatrix** matrix);

}  // namespace qv
