// The C interface: programs, arenas, constants.
#include <string.h>

#include "dispatch/tier.h"
#include "exec/attention_choice.h"
#include "exec/run.h"
#include "memory/error.h"
#include "memory/handles.h"
#include "memory/memory.h"
#include "quantvoice.h"

namespace {

constexpr int64_t kMostFloats = INT64_C(1) << 38;

qv_status check_range(const qv_arena* arena, int64_t offset, const void* values, int64_t count) {
  if (!arena || (!values && count != 0)) return qv::fail(QV_INVALID_ARGUMENT, "the arena or the values are NULL");
  if (offset < 0 || offset % 4 != 0 || count < 0 || count > kMostFloats || offset > arena->bytes - count * 4) {
    return qv::fail(QV_INVALID_ARGUMENT, "%lld floats at byte %lld of an arena of %lld bytes", static_cast<long long>(count),
                    static_cast<long long>(offset), static_cast<long long>(arena->bytes));
  }
  return QV_OK;
}

}  // namespace

extern "C" {

qv_status qv_floats_create(const float* values, int64_t count, qv_floats** floats) {
  if (!floats || (!values && count != 0)) return qv::fail(QV_INVALID_ARGUMENT, "the values or their place are NULL");
  if (count < 0 || count > kMostFloats) {
    return qv::fail(QV_INVALID_ARGUMENT, "a block of %lld floats", static_cast<long long>(count));
  }
  const size_t bytes = static_cast<size_t>(count) * sizeof(float);
  void* block = qv::allocate(bytes);
  if (!block || !qv::add_handle(block, qv::HandleKind::kFloats, bytes, qv::release)) {
    qv::release(block);
    return qv::fail(QV_OUT_OF_MEMORY, "no memory for %lld floats", static_cast<long long>(count));
  }
  if (bytes > 0) memcpy(block, values, bytes);
  *floats = static_cast<qv_floats*>(block);
  return QV_OK;
}

void qv_floats_free(qv_floats* floats) { qv::release_handle(floats); }

qv_status qv_arena_create(int64_t bytes, qv_arena** arena) {
  if (!arena) return qv::fail(QV_INVALID_ARGUMENT, "the place for the arena is NULL");
  if (bytes < 0 || bytes > kMostFloats * 4) {
    return qv::fail(QV_INVALID_ARGUMENT, "an arena of %lld bytes", static_cast<long long>(bytes));
  }
  auto* made = static_cast<qv_arena*>(qv::allocate(qv::kAlignment + static_cast<size_t>(bytes)));
  if (!made) return qv::fail(QV_OUT_OF_MEMORY, "no memory for an arena of %lld bytes", static_cast<long long>(bytes));
  *made = {reinterpret_cast<char*>(made) + qv::kAlignment, bytes};
  memset(made->data, 0, static_cast<size_t>(bytes));
  *arena = made;
  return QV_OK;
}

void qv_arena_free(qv_arena* arena) { qv::release(arena); }

int64_t qv_arena_bytes(const qv_arena* arena) { return arena ? arena->bytes : 0; }

qv_status qv_arena_write(qv_arena* arena, int64_t offset, const float* values, int64_t count) {
  const qv_status status = check_range(arena, offset, values, count);
  if (status == QV_OK && count > 0) memcpy(arena->data + offset, values, static_cast<size_t>(count) * sizeof(float));
  return status;
}

qv_status qv_arena_read(const qv_arena* arena, int64_t offset, float* values, int64_t count) {
  const qv_status status = check_range(arena, offset, values, count);
  if (status == QV_OK && count > 0) memcpy(values, arena->data + offset, static_cast<size_t>(count) * sizeof(float));
  return status;
}

qv_status qv_program_create(const int64_t* words, int64_t count, int64_t arena_bytes, int64_t scratch_bytes,
                            qv_program** program) {
  const qv::KernelTable* table = qv::kernels();
  if (!table) return qv::fail(QV_INVALID_STATE, "qv_init was not called");
  if (!program) return qv::fail(QV_INVALID_ARGUMENT, "the place for the program is NULL");
  return qv::create_program(*table, words, count, arena_bytes, scratch_bytes, program);
}

void qv_program_free(qv_program* program) { qv::free_program(program); }

int32_t qv_program_steps(const qv_program* program) { return program ? program->step_count : 0; }

int64_t qv_program_thread_bytes(const qv_program* program) {
  return program ? static_cast<int64_t>(program->workspace.bytes) : 0;
}

qv_status qv_program_run(qv_pool* pool, const qv_program* program, qv_arena* arena, int64_t* step_nanos) {
  if (!pool || !program || !arena) return qv::fail(QV_INVALID_ARGUMENT, "the pool, program or arena is NULL");
  qv::Turn turn(*reinterpret_cast<qv::ThreadPool*>(pool));
  return qv::run_program(turn, *program, *arena, step_nanos);
}

qv_status qv_attention_sizes(int64_t keys, int64_t d, int64_t* packed, int64_t* scratch) {
  const qv::KernelTable* table = qv::kernels();
  if (!table) return qv::fail(QV_INVALID_STATE, "qv_init was not called");
  if (keys < 1 || d < 1 || keys > INT32_MAX || d > INT32_MAX || !packed || !scratch) {
    return qv::fail(QV_INVALID_ARGUMENT, "attention over %lld keys of depth %lld", static_cast<long long>(keys),
                    static_cast<long long>(d));
  }
  const qv_attention_kernel& kernel = qv::attention_kernel(*table, keys, d, false);
  *packed = static_cast<int64_t>(kernel.packed_bytes(keys, d));
  *scratch = static_cast<int64_t>(kernel.scratch_bytes(keys, d));
  return QV_OK;
}

}  // extern "C"
