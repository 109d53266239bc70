// A program: the steps that Java planned, checked once, shared by all streams.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "dispatch/kernel_table.h"
#include "dispatch/row_kernels.h"
#include "exec/step.h"
#include "quantvoice.h"

namespace qv {

struct Step {
  StepHeader header;
  const void* fields;  // the struct of the operator

  template <class T>
  const T& as() const {
    return *static_cast<const T*>(fields);
  }
};

// Steps [begin, end) between two barriers: a row group, or one step that splits itself.
struct Stage {
  int begin, end;
  bool by_rows;
  int64_t rows, block_rows;
};

// The memory of one thread: block-local scratch, and the workspace of steps, such as rows that are packed at a time.
struct Workspace {
  size_t local;  // the block-local scratch, rounded up
  size_t bytes;  // all of it
  size_t shared;  // memory that all threads share
};

}  // namespace qv

struct qv_program {
  const qv::KernelTable* table;
  int64_t* words;
  qv::Step* steps;
  qv::Stage* stages;
  const void** held;  // objects that the program has a share of
  int step_count, stage_count, held_count;
  int64_t arena_bytes, scratch_bytes;
  int64_t slot_bytes[1 + qv::MAX_SLOTS];  // [0]: of the arena
  int slots;                              // beside the arena
  qv::Workspace workspace;
};

struct qv_arena {
  char* data;
  int64_t bytes;
};

namespace qv {

// Bytes that steps may reach: in the arena, in each slot, in block-local scratch.
struct Reach {
  int64_t arena, scratch;
  const int64_t* slots;
  int64_t slot_count;
};

qv_status create_program(const KernelTable& table, const int64_t* words, int64_t count, const Reach& reach,
                         qv_program** program);
void free_program(qv_program* program);

// Returns the rows of a step, which are the first field of every operator of row groups.
inline int64_t rows_of(const Step& step) { return *static_cast<const int64_t*>(step.fields); }

bool splits_by_rows(int64_t op);
const char* op_name(int64_t op);

// Returns the words of an operator's struct, or -1 for an unknown operator.
int64_t op_words(int64_t op);

// Checks one step and takes a share of the objects that it refers to. block_rows: the rows of a block of its row group.
qv_status check_step(qv_program& program, int index, int64_t block_rows);

// Finds the depth and the columns of packed weights of a kind.
void weights_shape(const void* weights, int64_t kind, int64_t* k, int64_t* n);

// The bytes of workspace that a step needs beside block-local scratch: for each thread, and for all threads together.
size_t step_workspace(const qv_program& program, const Step& step, int64_t block_rows);
size_t step_shared(const qv_program& program, const Step& step);

}  // namespace qv
