// The table of kernels. Each tier replaces kernels of the tier below it by its own (dispatch/tiers.def), so every table
// is complete.
//
// All kernels of one entry return the same bits on every tier: integer sums are exact, and the float steps (which
// values meet in which fused multiply-add, 16 partial sums in a reduction) are fixed by the scalar twin. Only bgemm,
// whose instruction has its own rounding, agrees with its stand-in (sgemm on rounded weights) to a tolerance.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/attention.h"

// The activations behind a product, a norm or a row operation, which are the first ones of exec/step.h.
enum qv_activation {
  QV_ACT_NONE = 0,
  QV_ACT_RELU = 1,
  QV_ACT_GELU = 2,        // x * Phi(x), the exact (erf) form
  QV_ACT_LEAKY_RELU = 3,  // slope: alpha
  QV_ACT_SILU = 4
};

enum qv_output {
  QV_OUT_FLOAT32 = 0,
  QV_OUT_UINT8 = 1  // clamp(round_even(x / scale) + zero, 0, 255)
};

namespace qv {

// A register tile of accumulators that an epilogue writes to memory. Column arrays are padded to whole tiles; rows of
// out and residual are not.
struct EpilogueTile {
  const void* acc;  // int32 or float [rows, ld]
  int ld;
  int rows;
  int cols;
  const int32_t* column_sum;  // of the weights; int32 accumulators only, like column_scale and row_*
  const float* column_scale;
  const float* bias;  // never NULL
  const float* row_scale;
  const int32_t* row_zero;  // less the offset that the kernel subtracted from the activations
  int row_step;             // 0: one scale and zero point for the tensor, 1: one per row
  const float* residual;  // or NULL; what comes before it is multiplied by mul, in one rounding with the sum
  float mul;
  ptrdiff_t ldr;
  void* out;
  ptrdiff_t ldc;
  int activation;  // qv_activation
  float alpha;
  int output;  // qv_output
  float inverse_scale;
  int zero;
};

// Products of register tiles: accumulators [rows, nr] of int32 or float from packed rows and packed weights.
struct GemmKernel {
  int mr;         // most rows of a tile
  int nr;         // columns of a tile, a multiple of 16
  int ku;         // depth of one step; weights are packed as [n / nr][k / ku][nr][ku]
  int element;    // bytes of one weight
  int a_step;     // bytes that one row takes in a step of packed activations [k / ku][rows]
  // Packs rows of uint8, or of float for float kernels; it may write up to kPackSlack bytes past the end.
  void (*pack_a)(const void* a, ptrdiff_t lda_bytes, int rows, int k, void* packed);
  void (*tile)(int rows, int steps, const void* a, const void* b, void* acc);
  int taken_off = 0;    // the offset subtracted from uint8 activations, where an instruction needs signed ones
  int whole_steps = 1;  // the number of steps is filled up to a multiple of this
  int own_steps = 0;    // steps behind those of k, in packed rows and panels, for what pack_a and close_panel write there
  // Fills the own steps of a panel of weights, once the steps of k are there; NULL without own steps.
  void (*close_panel)(void* panel, int steps) = nullptr;

  int steps(int64_t k) const {
    const int64_t unit = static_cast<int64_t>(ku) * whole_steps;
    return static_cast<int>((k + unit - 1) / unit * whole_steps) + own_steps;
  }
};

// Weights of 2 to 7 bits are stored in chunks of 256 that follow each other in the order of the packed panel. Code i of
// a chunk is cut into planes of bits, lowest bits first: a plane of 4 bits, of 2 bits and of 1 bit, as far as their sum
// is the width.
//   4 bits, 128 bytes: codes 0-63 and 64-127 are the low and high halves of bytes 0-63; 128-191 and 192-255 of bytes 64-127
//   2 bits, 64 bytes: code i is field i / 64 of byte i % 64
//   1 bit, 32 bytes: code i is bit i % 8 of byte i / 8
// A weight is levels[code], or code - 2^(bits - 1) if levels is NULL. levels holds 2^bits values, at least 16 bytes.
constexpr int kChunk = 256;
using UnpackKernel = void (*)(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights);

// The output of a row operation: floats, or floats quantized with a given range or the row's own.
struct RowOutput {
  int output;     // QV_OUT_FLOAT32 or QV_OUT_UINT8
  void* data;
  ptrdiff_t stride;  // elements from row to row
  float scale;       // QV_OUT_UINT8 with a given range
  int zero;
  float* row_scale;    // not NULL: the row's own range; scale and zero point of each row are written here
  int32_t* row_zero;
};

// One operation on rows of floats; a kernel does rows [begin, end). scratch holds one row, padded to whole vectors.
struct RowsCall {
  const float* in;
  ptrdiff_t stride;
  int64_t n;
  const float* gamma;  // layernorm: or NULL
  const float* beta;   // layernorm: or NULL
  float epsilon;       // layernorm
  int activation;      // qv_activation; layernorm and activate
  float alpha;
  RowOutput out;
};
using RowsKernel = void (*)(const RowsCall* call, int64_t begin, int64_t end, float* scratch);

// y[c] = start[c] + x[0][c] * w[0][c] + x[1][c] * w[1][c] ..., a fused multiply-add after the other; from 0 if start is NULL.
// y may be start.
using TapsKernel = void (*)(const float* const* x, const float* const* w, int taps, const float* start, int64_t n, float* y);

struct RowKernels;  // dispatch/row_kernels.h

struct KernelTable {
  const char* name;
  int tier;                 // qv_tier
  const GemmKernel* qgemm;  // uint8 x int8, exact in int32
  const GemmKernel* sgemm;  // float x float, one fused multiply-add after the other in the order of k
  const GemmKernel* bgemm;  // bfloat16 pairs; NULL on tiers without an instruction for them
  void (*epilogue_s32)(const EpilogueTile* tile);
  void (*epilogue_f32)(const EpilogueTile* tile);
  RowsKernel quantize_rows;
  RowsKernel layernorm;
  RowsKernel activate;
  RowsKernel softmax;
  RowsKernel log_softmax;
  TapsKernel taps;
  const RowKernels* rows;
  UnpackKernel unpack;
  const qv_attention_kernel* attention;       // float
  const qv_attention_kernel* attention_bf16;  // NULL unless an instruction multiplies bfloat16
  const qv_attention_kernel* attention_int8;  // NULL unless an instruction multiplies bytes exactly
};

// A reduction over a row works in blocks of this many values: value i is added to partial sum i % 16, the 16 sums are
// folded by halves, and the totals of blocks are added in double.
constexpr int64_t kSumBlock = 4096;

// Packed activations may be written up to this many bytes past their end.
constexpr size_t kPackSlack = 64;

}  // namespace qv
