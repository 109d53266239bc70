// What a step sees while it runs.
#ifndef QUANTVOICE_EXEC_CONTEXT_H
#define QUANTVOICE_EXEC_CONTEXT_H
#include "step.h"

namespace qv {

struct Context {
  char *arena;
  char *scratch;      // of this thread
  int64_t first_row;  // of the block under way
  int thread, threads;

  template <class T>
  T *at(Place place, int64_t row = 0, int64_t row_bytes = 0) const {
    if (place >= 0) return reinterpret_cast<T *>(arena + place + row * row_bytes);
    return reinterpret_cast<T *>(scratch + ~place + (row - first_row) * row_bytes);
  }

  template <class T>
  const T *optional(Place place, int64_t row, int64_t row_bytes) const {
    return place == NONE ? nullptr : at<const T>(place, row, row_bytes);
  }
};

inline int64_t share_begin(int64_t n, int part, int parts) { return n * part / parts; }

// Row-local steps: rows r0 (inclusive) to r1 (exclusive).
void gemm_rows(const GemmStep &s, const Context &c, int64_t r0, int64_t r1);
void norm_rows(const NormRowsStep &s, const Context &c, int64_t r0, int64_t r1);
void quantize_rows(const QuantizeRowsStep &s, const Context &c, int64_t r0, int64_t r1);
void unary_rows(const UnaryStep &s, const Context &c, int64_t r0, int64_t r1);
void softmax_rows(const SoftmaxRowsStep &s, const Context &c, int64_t r0, int64_t r1);
void reduce_rows(const ReduceRowsStep &s, const Context &c, int64_t r0, int64_t r1);
void gather_rows(const GatherStep &s, const Context &c, int64_t r0, int64_t r1);
void depthwise_rows(const DepthwiseStep &s, const Context &c, int64_t r0, int64_t r1);

// Steps that split themselves over the threads.
void attention(const AttentionStep &s, const Context &c);
void copy(const CopyStep &s, const Context &c);
void binary(const BinaryStep &s, const Context &c);
void select(const SelectStep &s, const Context &c);
void matmul(const MatmulStep &s, const Context &c);
void im2col(const Im2colStep &s, const Context &c);
void rnn(const RnnStep &s, const Context &c);           // thread 0 only
void quantize_tensor_range(const QuantizeTensorStep &s, const Context &c);  // thread 0 only
void quantize_tensor_store(const QuantizeTensorStep &s, const Context &c);

}  // namespace qv
#endif
