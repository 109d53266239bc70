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

// Finds where the arena and the slots begin. A slot needs only the alignment of a float, as the rows of kernels do.
qv_status find_bases(const qv_program& program, qv_arena* arena, qv_arena* const* states, const int64_t* offsets,
                     int32_t count, char** bases) {
  if (arena->bytes < program.arena_bytes) {
    return qv::fail(QV_INVALID_ARGUMENT, "an arena of %lld bytes, but the program needs %lld",
                    static_cast<long long>(arena->bytes), static_cast<long long>(program.arena_bytes));
  }
  if (count != program.slots || (count > 0 && (!states || !offsets))) {
    return qv::fail(QV_INVALID_ARGUMENT, "%d slots, but the program has %d", count, program.slots);
  }
  bases[0] = arena->data;
  for (int32_t i = 0; i < count; i++) {
    const int64_t bytes = program.slot_bytes[1 + i];
    if (!states[i] || offsets[i] < 0 || offsets[i] % 4 != 0 || offsets[i] > states[i]->bytes - bytes) {
      return qv::fail(QV_INVALID_ARGUMENT, "slot %d of %lld bytes at byte %lld of an arena of %lld", i + 1,
                      static_cast<long long>(bytes), static_cast<long long>(offsets[i]),
                      static_cast<long long>(states[i] ? states[i]->bytes : 0));
    }
    bases[1 + i] = states[i]->data + offsets[i];
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

qv_status qv_arena_move(qv_arena* to, int64_t to_offset, const qv_arena* from, int64_t from_offset, int64_t count) {
  qv_status status = check_range(to, to_offset, to, count);
  if (status == QV_OK) status = check_range(from, from_offset, from, count);
  if (status == QV_OK && count > 0) {
    memmove(to->data + to_offset, from->data + from_offset, static_cast<size_t>(count) * sizeof(float));
  }
  return status;
}

qv_status qv_arena_clear(qv_arena* arena) {
  if (!arena) return qv::fail(QV_INVALID_ARGUMENT, "the arena is NULL");
  memset(arena->data, 0, static_cast<size_t>(arena->bytes));
  return QV_OK;
}

qv_status qv_program_create(const int64_t* words, int64_t count, int64_t arena_bytes, int64_t scratch_bytes,
                            qv_program** program) {
  const qv::KernelTable* table = qv::kernels();
  if (!table) return qv::fail(QV_INVALID_STATE, "qv_init was not called");
  if (!program) return qv::fail(QV_INVALID_ARGUMENT, "the place for the program is NULL");
  return qv::create_program(*table, words, count, {arena_bytes, scratch_bytes, nullptr, 0}, program);
}

qv_status qv_program_create_slots(const int64_t* words, int64_t count, int64_t arena_bytes, int64_t scratch_bytes,
                                  const int64_t* slot_bytes, int32_t slots, qv_program** program) {
  const qv::KernelTable* table = qv::kernels();
  if (!table) return qv::fail(QV_INVALID_STATE, "qv_init was not called");
  if (!program) return qv::fail(QV_INVALID_ARGUMENT, "the place for the program is NULL");
  return qv::create_program(*table, words, count, {arena_bytes, scratch_bytes, slot_bytes, slots}, program);
}

void qv_program_free(qv_program* program) { qv::free_program(program); }

int32_t qv_program_steps(const qv_program* program) { return program ? program->step_count : 0; }

int64_t qv_program_thread_bytes(const qv_program* program) {
  return program ? static_cast<int64_t>(program->workspace.bytes) : 0;
}

qv_status qv_program_run(qv_pool* pool, const qv_program* program, qv_arena* arena, int64_t* step_nanos) {
  return qv_program_run_slots(pool, program, arena, nullptr, nullptr, 0, step_nanos);
}

qv_status qv_program_run_slots(qv_pool* pool, const qv_program* program, qv_arena* arena, qv_arena* const* states,
                               const int64_t* offsets, int32_t slots, int64_t* step_nanos) {
  if (!pool || !program || !arena) return qv::fail(QV_INVALID_ARGUMENT, "the pool, program or arena is NULL");
  char* bases[1 + qv::MAX_SLOTS];
  const qv_status status = find_bases(*program, arena, states, offsets, slots, bases);
  if (status != QV_OK) return status;
  qv::Turn turn(*reinterpret_cast<qv::ThreadPool*>(pool));
  return qv::run_program(turn, *program, bases, step_nanos);
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
