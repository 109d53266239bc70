// Runs step lists on every tier and any number of threads, for the tests of the executor.
#pragma once

#include "check.h"
#include "dispatch/tier.h"
#include "exec/run.h"
#include "memory/handles.h"
#include "memory/memory.h"
#include "ops/packed_matrix.h"
#include "pools.h"
#include "random.h"
#include "step_list.h"

// Weights known to programs; freed at the end of the scope.
class Weights {
 public:
  Weights(const qv::KernelTable& table, Random& random, int columns, int depth) : n(columns), k(depth) {
    values.resize(static_cast<size_t>(n) * static_cast<size_t>(k));
    for (auto& w : values) w = static_cast<int8_t>(random.below(255) - 127);
    scale = random.floats(static_cast<size_t>(n), 0.001f, 0.01f);
    bias = random.floats(static_cast<size_t>(n), -1, 1);
    if (qv::create_s8_matrix(table, {values.data(), n, k, k, 1, scale.data(), bias.data()}, &matrix) ||
        !qv::add_handle(matrix, qv::HandleKind::kS8Matrix, static_cast<size_t>(matrix->bytes), qv::release)) {
      abort();
    }
  }
  ~Weights() { qv::release_handle(matrix); }
  Weights(const Weights&) = delete;
  Weights& operator=(const Weights&) = delete;

  int64_t handle() const { return reinterpret_cast<int64_t>(matrix); }

  int n, k;
  std::vector<int8_t> values;
  std::vector<float> scale, bias;

 private:
  qv::PackedMatrix* matrix = nullptr;
};

// Constants known to programs.
class Constants {
 public:
  explicit Constants(const std::vector<float>& v) : values(v) {
    if (qv_floats_create(v.data(), static_cast<int64_t>(v.size()), &block)) abort();
  }
  ~Constants() { qv_floats_free(block); }
  Constants(const Constants&) = delete;
  Constants& operator=(const Constants&) = delete;

  int64_t address() const { return reinterpret_cast<int64_t>(block); }

  std::vector<float> values;

 private:
  qv_floats* block = nullptr;
};

// The arena's bytes before and after a run.
struct Memory {
  std::vector<char> bytes;
  explicit Memory(int64_t size) : bytes(static_cast<size_t>(size)) {}

  template <class T>
  T* at(qv::Place place) {
    return reinterpret_cast<T*>(bytes.data() + place);
  }
  void put(qv::Place place, const std::vector<float>& values) {
    if (!values.empty()) memcpy(at<float>(place), values.data(), values.size() * sizeof(float));
  }
};

// Makes the program, runs it `runs` times from the given memory and leaves the result there.
inline qv_status run_steps(const qv::KernelTable& table, int threads, const StepList& steps, int64_t scratch, Memory& memory) {
  qv_program* program = nullptr;
  const auto arena_bytes = static_cast<int64_t>(memory.bytes.size());
  qv_status status = qv::create_program(table, steps.words.data(), static_cast<int64_t>(steps.words.size()), 
                                        {arena_bytes, scratch, nullptr, 0}, &program);
  if (status != QV_OK) return status;
  qv_arena* arena = nullptr;
  if (qv_arena_create(arena_bytes, &arena)) abort();
  memcpy(arena->data, memory.bytes.data(), memory.bytes.size());
  {
    qv::Turn turn(pool_of(threads));
    status = qv::run_program(turn, *program, &arena->data, nullptr);
  }
  memcpy(memory.bytes.data(), arena->data, memory.bytes.size());
  qv_arena_free(arena);
  qv::free_program(program);
  return status;
}
