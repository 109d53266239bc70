/* The executor's part of quantvoice.h with handles as integers, for the Java binding. Included after quantvoice.h. */
#ifndef QUANTVOICE_FLAT_EXEC_H
#define QUANTVOICE_FLAT_EXEC_H

#include "quantvoice.h"

static inline int qv_flat_floats_create(const float* values, int64_t count, int64_t* handle) {
  qv_floats* floats = 0;
  const qv_status status = qv_floats_create(values, count, &floats);
  *handle = (int64_t)floats;
  return status;
}

static inline void qv_flat_floats_free(int64_t floats) { qv_floats_free((qv_floats*)floats); }

/* precision: qv_precision. */
static inline int qv_flat_float_matrix_create(const float* w, int64_t n, int64_t k, const float* bias, int32_t precision,
                                              int64_t* handle) {
  qv_float_matrix* matrix = 0;
  const qv_status status = qv_float_matrix_create(w, n, k, k, bias, (qv_precision)precision, &matrix);
  *handle = (int64_t)matrix;
  return status;
}

static inline void qv_flat_float_matrix_free(int64_t matrix) { qv_float_matrix_free((qv_float_matrix*)matrix); }

static inline int64_t qv_flat_float_matrix_bytes(int64_t matrix) {
  return qv_float_matrix_bytes((qv_float_matrix*)matrix);
}

static inline int64_t qv_flat_float_matrix_content(int64_t matrix, void* to, int64_t bytes) {
  return qv_float_matrix_content((const qv_float_matrix*)matrix, to, bytes);
}

static inline int qv_flat_float_matrix_restore(const void* data, int64_t bytes, int64_t n, int64_t k, int32_t precision,
                                               int64_t* handle) {
  qv_float_matrix* matrix = 0;
  const qv_status status = qv_float_matrix_restore(data, bytes, n, k, (qv_precision)precision, &matrix);
  *handle = (int64_t)matrix;
  return status;
}

static inline int qv_flat_arena_create(int64_t bytes, int64_t* handle) {
  qv_arena* arena = 0;
  const qv_status status = qv_arena_create(bytes, &arena);
  *handle = (int64_t)arena;
  return status;
}

static inline void qv_flat_arena_free(int64_t arena) { qv_arena_free((qv_arena*)arena); }

/* values + from; the caller has checked that the array holds from + count. */
static inline int qv_flat_arena_write(int64_t arena, int64_t offset, const float* values, int64_t from, int64_t count) {
  return qv_arena_write((qv_arena*)arena, offset, values + from, count);
}

static inline int qv_flat_arena_read(int64_t arena, int64_t offset, float* values, int64_t from, int64_t count) {
  return qv_arena_read((const qv_arena*)arena, offset, values + from, count);
}

static inline int qv_flat_program_create(const int64_t* words, int64_t count, int64_t arena_bytes, int64_t scratch_bytes,
                                         int64_t* handle) {
  qv_program* program = 0;
  const qv_status status = qv_program_create(words, count, arena_bytes, scratch_bytes, &program);
  *handle = (int64_t)program;
  return status;
}

static inline int qv_flat_arena_move(int64_t to, int64_t to_offset, int64_t from, int64_t from_offset, int64_t count) {
  return qv_arena_move((qv_arena*)to, to_offset, (const qv_arena*)from, from_offset, count);
}

static inline int qv_flat_arena_clear(int64_t arena) { return qv_arena_clear((qv_arena*)arena); }

static inline int qv_flat_program_create_slots(const int64_t* words, int64_t count, int64_t arena_bytes,
                                               int64_t scratch_bytes, const int64_t* slot_bytes, int32_t slots,
                                               int64_t* handle) {
  qv_program* program = 0;
  const qv_status status =
      qv_program_create_slots(words, count, arena_bytes, scratch_bytes, slot_bytes, slots, &program);
  *handle = (int64_t)program;
  return status;
}

/* states: addresses of arenas, one a slot. */
static inline int qv_flat_program_run(int64_t pool, int64_t program, int64_t arena, const int64_t* states,
                                      const int64_t* offsets, int32_t slots, int64_t* step_nanos) {
  return qv_program_run_slots((qv_pool*)pool, (const qv_program*)program, (qv_arena*)arena, (qv_arena* const*)states,
                              offsets, slots, step_nanos);
}

static inline void qv_flat_program_free(int64_t program) { qv_program_free((qv_program*)program); }

static inline int32_t qv_flat_program_steps(int64_t program) { return qv_program_steps((const qv_program*)program); }

static inline int64_t qv_flat_program_thread_bytes(int64_t program) {
  return qv_program_thread_bytes((const qv_program*)program);
}

#endif
