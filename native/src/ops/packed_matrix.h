// Weights packed for one kernel: panels of nr columns, each [steps][nr][ku], zero beyond n and k. Weights of less than
// 8 bits stay codes (kernel_table.h) in memory, and bfloat16 ones on a CPU without instructions for them stay 2 bytes;
// a product unpacks a panel of them when it uses it.
#pragma once

#include "dispatch/kernel_table.h"
#include "ops/bfloat16.h"
#include "quantvoice.h"

namespace qv {

struct PackedMatrix {
  const GemmKernel* kernel;
  void (*epilogue)(const EpilogueTile* tile);
  int n, k;
  int steps;      // of kernel->ku, filled up with zeros beyond k, and the kernel's own
  int panels;     // of kernel->nr columns, the last one filled up with zeros
  int bits;       // 2..7: bits of a code; 16: bfloat16 for sgemm; 0: data has the kernel's own format
  size_t panel_bytes;  // from panel to panel of data
  UnpackKernel unpack;
  const int8_t* levels;  // of codes, or NULL
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
  int bits = 8;                    // 2..8
  const int8_t* levels = nullptr;  // 2^bits values with 0 among them, or NULL: all of that width
};
struct FloatWeights {
  const float* data;
  int64_t n, k, ldn, ldk;
  const float* bias;
};

inline size_t chunks_of_panel(const PackedMatrix& w) { return w.panel_bytes / static_cast<size_t>(32 * w.bits); }

// Returns the bytes of scratch that open_panel needs: 0 for weights in the kernel's own format.
inline size_t panel_scratch(const PackedMatrix& w) {
  if (w.bits == 0) return 0;
  return w.bits == 16 ? 2 * w.panel_bytes : chunks_of_panel(w) * kChunk;
}

// Returns a panel in the kernel's own format: the stored one, or one unpacked into scratch (64-byte aligned).
inline const char* open_panel(const PackedMatrix& w, int panel, char* scratch) {
  const char* data = w.data + static_cast<size_t>(panel) * w.panel_bytes;
  if (w.bits == 0) return data;
  if (w.bits == 16) {
    const auto* halves = reinterpret_cast<const uint16_t*>(data);
    auto* floats = reinterpret_cast<float*>(scratch);
    for (size_t i = 0; i < w.panel_bytes / 2; i++) floats[i] = from_bfloat16(halves[i]);
  } else {
    w.unpack(reinterpret_cast<const uint8_t*>(data), chunks_of_panel(w), w.bits, w.levels, reinterpret_cast<int8_t*>(scratch));
    if (w.kernel->close_panel) w.kernel->close_panel(scratch, w.steps);
  }
  return scratch;
}

// Returns the bytes of a packed matrix of these sizes, for one that is placed in given memory.
size_t packed_bytes(const GemmKernel& kernel, int64_t n, int64_t k);

// Returns the bytes of a packed matrix with weights of a width: 2..8 for int8, 16 for bfloat16, 32 for float.
size_t packed_bytes(const KernelTable& table, int64_t n, int64_t k, int bits);

// Packs weights into memory of packed_bytes, 64-byte aligned, and returns a matrix that does not own it. The weights
// are floats for sgemm, or are rounded to bfloat16, for bgemm if there is one, else widened again for sgemm.
qv_status place_float_matrix(const KernelTable& table, const FloatWeights& weights, qv_precision precision, void* memory,
                             PackedMatrix** matrix);

// The same without a head in the memory, for memory that others may write between packing and use: the content alone, and a matrix
// over it that holds no pointer from there. Content is 64-byte aligned.
size_t float_content_bytes(const KernelTable& table, int64_t n, int64_t k, qv_precision precision);
PackedMatrix float_matrix_over(const KernelTable& table, int64_t n, int64_t k, qv_precision precision, void* content);
void pack_floats(const PackedMatrix& matrix, const FloatWeights& weights);

// Returns columns [panel0 * nr, panel1 * nr) of a matrix, as a matrix over the same content.
PackedMatrix panels_of(const PackedMatrix& matrix, int panel0, int panel1);

qv_status check_precision(qv_precision precision);
const GemmKernel& float_kernel(const KernelTable& table, qv_precision precision);

// These functions allocate the matrix, to be freed with release(). They check sizes, because these come from callers of
// the library.
qv_status create_s8_matrix(const KernelTable& table, const S8Weights& weights, PackedMatrix** matrix);
qv_status create_float_matrix(const KernelTable& table, const FloatWeights& weights, qv_precision precision,
                              PackedMatrix** matrix);

// The content of a packed matrix besides its sizes: panels, column sums, scales and biases in one piece, in the memory
// layout of this tier. It can be stored and made a matrix again, but only by the same tier and version of the library.
struct PackedContent {
  const void* data;
  int64_t bytes, n, k;
  int bits;              // 2..8 of int8, 16 of bfloat16, 32 of float
  const int8_t* levels;  // as in S8Weights
};
PackedContent content_of(const PackedMatrix& matrix);

// Makes a matrix that owns its memory. The content is copied and its size checked.
qv_status restore_matrix(const KernelTable& table, const PackedContent& content, PackedMatrix** matrix);

}  // namespace qv
