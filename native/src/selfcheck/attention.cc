// Compares attention as a step of a program: the kernel that the tier has for the shape, with scalar's, to a tolerance.
#include <math.h>

#include "exec/run.h"
#include "selfcheck/inputs.h"

namespace qv {
namespace {

constexpr int64_t kHeads = 2, kRows = 29, kKeys = 37, kDepth = 32;
constexpr int64_t kQueries = kHeads * kRows * kDepth, kKeyed = kHeads * kKeys * kDepth;
constexpr int64_t kFloats = 2 * kQueries + 2 * kKeyed;

struct Words {
  StepHeader header;
  AttentionStep step;
};

Words attention_of(bool exact) {
  constexpr auto kWord = static_cast<int64_t>(sizeof(float));
  Words words = {{OP_ATTENTION, -1, 0, sizeof(AttentionStep) / 8}, {}};
  AttentionStep& s = words.step;
  s.pos = NONE;
  s.heads = kHeads;
  s.rows = kRows;
  s.keys = kKeys;
  s.d = kDepth;
  s.q = 0;
  s.k = kQueries * kWord;
  s.v = (kQueries + kKeyed) * kWord;
  s.out = (kQueries + 2 * kKeyed) * kWord;
  s.q_ld = s.k_ld = s.v_ld = s.out_ld = kHeads * kDepth;
  s.q_head = s.k_head = s.v_head = s.out_head = kDepth;
  s.scale = 0.2;
  s.mask = NONE;
  s.exact = exact;
  return words;
}

qv_status run(const KernelTable& table, ThreadPool& pool, bool exact, float* arena) {
  const Words words = attention_of(exact);
  qv_program* program = nullptr;
  const Reach reach = {kFloats * static_cast<int64_t>(sizeof(float)), 0, nullptr, 0};
  qv_status status = create_program(table, reinterpret_cast<const int64_t*>(&words), sizeof words / 8, reach, &program);
  if (status != QV_OK) return status;
  char* const base = reinterpret_cast<char*>(arena);
  {
    Turn turn(pool);
    status = run_program(turn, *program, &base, nullptr);
  }
  free_program(program);
  return status;
}

// Compares the results. Values are within -1..1, so the results are too, and an absolute tolerance suits them.
qv_status compare(const KernelTable& table, const KernelTable& scalar, ThreadPool& pool, bool exact, Inputs& inputs) {
  inputs.begin(17);
  float *own = inputs.floats(kFloats, -1, 1), *twin = inputs.take<float>(kFloats);
  memcpy(twin, own, static_cast<size_t>(kFloats) * sizeof(float));
  qv_status status = run(table, pool, exact, own);
  if (status == QV_OK) status = run(scalar, pool, exact, twin);
  if (status != QV_OK) return status;
  for (int64_t i = kFloats - kQueries; i < kFloats; i++) {
    if (!(fabsf(own[i] - twin[i]) <= (exact ? 1e-4f : 0.03f))) return wrong(table, "attention", kKeys);
  }
  return QV_OK;
}

}  // namespace

qv_status check_attention(const KernelTable& table, const KernelTable& scalar, Inputs& inputs) {
  ThreadPool* pool = nullptr;
  qv_status status = ThreadPool::create(1, &pool);
  for (int exact = 0; exact < 2 && status == QV_OK; exact++) status = compare(table, scalar, *pool, exact != 0, inputs);
  ThreadPool::destroy(pool);
  return status;
}

}  // namespace qv
