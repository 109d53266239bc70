// The state of a step that runs on one thread.
#pragma once

#include <atomic>

#include "exec/program.h"

namespace qv {

struct Context {
  const qv_program& program;
  char* const* bases;  // where the arena and the slots begin
  char* local;        // block-local scratch
  char* workspace;    // memory of this thread, step_workspace() bytes
  char* shared;       // memory of all threads, step_shared() bytes
  int64_t first_row;  // of the present block
  int thread, threads;
  std::atomic<int>* bad_index;  // set by GATHER when an index is outside its table

  const RowKernels& rows() const { return *program.table->rows; }

  template <class T>
  T* at(Place place, int64_t row = 0, int64_t row_bytes = 0) const {
    if (place >= 0) return reinterpret_cast<T*>(bases[place >> SLOT_SHIFT] + (place & SLOT_OFFSET) + row * row_bytes);
    return reinterpret_cast<T*>(local + ~place + (row - first_row) * row_bytes);
  }

  template <class T>
  T* optional(Place place, int64_t row = 0, int64_t row_bytes = 0) const {
    return place == NONE ? nullptr : at<T>(place, row, row_bytes);
  }
};

inline int64_t share_begin(int64_t n, int part, int parts) { return n * part / parts; }

constexpr size_t kLine = 64;
inline size_t line_up(size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

// Bytes of a row of floats that kernels use as scratch, padded to whole cache lines.
inline size_t row_scratch(int64_t n) { return line_up(static_cast<size_t>(n) * sizeof(float)); }

// Row-local steps compute rows [r0, r1). gemm_panels computes only the columns of panels [panel0, panel1).
void gemm_rows(const GemmStep& s, const Context& c, int64_t r0, int64_t r1);
void gemm_panels(const GemmStep& s, const Context& c, int64_t r0, int64_t r1, int panel0, int panel1);
int gemm_panel_count(const GemmStep& s);
void norm_rows(const NormRowsStep& s, const Context& c, int64_t r0, int64_t r1);
void quantize_rows(const QuantizeRowsStep& s, const Context& c, int64_t r0, int64_t r1);
void unary_rows(const UnaryStep& s, const Context& c, int64_t r0, int64_t r1);
void glu_rows(const GluStep& s, const Context& c, int64_t r0, int64_t r1);
void softmax_rows(const SoftmaxRowsStep& s, const Context& c, int64_t r0, int64_t r1);
void reduce_rows(const ReduceRowsStep& s, const Context& c, int64_t r0, int64_t r1);
void gather_rows(const GatherStep& s, const Context& c, int64_t r0, int64_t r1);
void depthwise_rows(const DepthwiseStep& s, const Context& c, int64_t r0, int64_t r1);

// Steps that split themselves over the threads.
void copy(const CopyStep& s, const Context& c);
void binary(const BinaryStep& s, const Context& c);
void select(const SelectStep& s, const Context& c);
void matmul(const MatmulStep& s, const Context& c);
void im2col(const Im2colStep& s, const Context& c);
void rnn(const RnnStep& s, const Context& c);  // thread 0 only
void pack(const PackStep& s, const Context& c);

// Attention runs in rounds of heads: the threads pack the keys and values of heads [head0, head1), then compute their
// query rows.
int64_t attention_heads(const KernelTable& table, const AttentionStep& s);  // most heads of a round
void attention_pack(const AttentionStep& s, const Context& c, int64_t head0, int64_t head1);
void attention(const AttentionStep& s, const Context& c, int64_t head0, int64_t head1);

// The first function finds the range of this thread's rows; the second quantizes them with the range of all threads.
void quantize_tensor_range(const QuantizeTensorStep& s, const Context& c, float* low, float* high);
void quantize_tensor_store(const QuantizeTensorStep& s, const Context& c, RowQuant quant);

// Workspace of single operators.
size_t gemm_workspace(const GemmStep& s, int64_t block_rows);
size_t rnn_workspace(const RnnStep& s);
size_t matmul_workspace(const qv_program& program, const MatmulStep& s);
size_t attention_workspace(const KernelTable& table, const AttentionStep& s);
size_t attention_shared(const KernelTable& table, const AttentionStep& s);

}  // namespace qv
