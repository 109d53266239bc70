// The table of kernels that each tier fills. A tier may leave an entry NULL: the next lower tier's kernel stands in.
//
// All kernels of one entry give the same bits on every tier: integer sums are exact, and the float steps (which values meet
// in which fused multiply-add, 16 partial sums in a reduction) are fixed by the scalar twin.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace qv {

// A register tile of accumulators on its way to memory. Column arrays are padded to whole tiles; rows of out and
// residual are not.
struct EpilogueTile {
  const void* acc;  // int32 or float [rows, ld]
  int ld;
  int rows;
  int cols;
  const int32_t* column_sum;  // of the weights; int32 accumulators only, like column_scale and row_*
  const float* column_scale;
  const float* bias;  // never NULL
  const float* row_scale;
  const int32_t* row_zero;
  int row_step;           // 0: one scale and zero point for the tensor, 1: one a row
  const float* residual;  // or NULL
  ptrdiff_t ldr;
  void* out;
  ptrdiff_t ldc;
  int activation;  // qv_activation
  float alpha;
  int output;  // qv_output
  float inverse_scale;
  int zero;
};

// Exact uint8 x int8 -> int32 products of register tiles.
struct QgemmKernel {
  int mr;      // most rows of a tile
  int nr;      // columns of a tile, a multiple of 16
  int ku;      // depth of one step; weights are packed as [n / nr][k / ku][nr][ku]
  int a_step;  // bytes that one row takes in a step of packed activations [k / ku][rows]
  void (*pack_a)(const uint8_t* a, ptrdiff_t lda, int rows, int k, void* packed);
  void (*tile)(int rows, int steps, const void* a, const int8_t* b, int32_t* acc);  // acc: [rows, nr]
};

struct KernelTable {
  const char* name;
  int tier;  // qv_tier
  const QgemmKernel* qgemm;
  void (*epilogue_s32)(const EpilogueTile* tile);
};

extern "C" const KernelTable qv_kernels_scalar;
extern "C" const KernelTable qv_kernels_avx2;
extern "C" const KernelTable qv_kernels_avx512vnni;

// Packed activations may be written up to this many bytes past their end.
constexpr size_t kPackSlack = 64;

}  // namespace qv
