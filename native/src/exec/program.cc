#include "exec/program.h"

#include <string.h>

#include "exec/context.h"
#include "memory/error.h"
#include "memory/handles.h"
#include "memory/memory.h"

namespace qv {
namespace {

constexpr int64_t kMostWords = INT64_C(1) << 28;
constexpr int64_t kMostArena = INT64_C(1) << 40;
constexpr int64_t kMostScratch = INT64_C(1) << 30;
constexpr int64_t kMostBlock = 1 << 16;
constexpr int64_t kBlockRows = 96;  // rows of a block of row-local steps outside a group
constexpr int64_t kHeaderWords = sizeof(StepHeader) / sizeof(int64_t);

struct OpShape {
  const char* name;
  int64_t words;
  bool by_rows;
};

template <class S>
constexpr int64_t words_of() {
  static_assert(sizeof(S) % sizeof(int64_t) == 0, "every field is one word");
  return sizeof(S) / sizeof(int64_t);
}

const OpShape kOps[OP_COUNT] = {
    {"none", -1, false},
#define STEP(NAME, Struct, number, by_rows, ...) {#NAME, words_of<Struct##Step>(), by_rows},
#include "exec/steps.def"
#undef STEP
};

bool known(int64_t op) { return op > 0 && op < OP_COUNT; }

qv_status count_steps(const int64_t* words, int64_t count, int* steps) {
  *steps = 0;
  for (int64_t at = 0; at < count;) {
    const int64_t left = count - at - kHeaderWords;
    const int64_t op = words[at];
    if (left < 0 || !known(op) || words[at + 3] != op_words(op) || op_words(op) > left) {
      return fail(QV_INVALID_ARGUMENT, "step %d at word %lld of %lld is no whole step of a known operator", *steps,
                  static_cast<long long>(at), static_cast<long long>(count));
    }
    at += kHeaderWords + op_words(op);
    ++*steps;
  }
  return QV_OK;
}

// Allocates a program in one block of memory: the struct, steps, stages, shares, words.
qv_program* allocate_program(int64_t words, int steps) {
  const auto n = static_cast<size_t>(steps);
  const size_t head = line_up(sizeof(qv_program)), step = line_up(n * sizeof(Step));
  const size_t stage = line_up(n * sizeof(Stage)), held = line_up((2 * n + 1) * sizeof(void*));
  auto* block = static_cast<char*>(allocate(head + step + stage + held + static_cast<size_t>(words) * sizeof(int64_t)));
  if (!block) return nullptr;
  auto* program = reinterpret_cast<qv_program*>(block);
  *program = {};
  program->steps = reinterpret_cast<Step*>(block + head);
  program->stages = reinterpret_cast<Stage*>(block + head + step);
  program->held = reinterpret_cast<const void**>(block + head + step + stage);
  program->words = reinterpret_cast<int64_t*>(block + head + step + stage + held);
  program->step_count = steps;
  return program;
}

void place_steps(qv_program& program) {
  const int64_t* at = program.words;
  for (int i = 0; i < program.step_count; i++) {
    Step& step = program.steps[i];
    memcpy(&step.header, at, sizeof step.header);
    step.fields = at + kHeaderWords;
    at += kHeaderWords + step.header.words;
  }
}

qv_status check_group(const qv_program& program, const Stage& stage) {
  const StepHeader& first = program.steps[stage.begin].header;
  for (int i = stage.begin; i < stage.end; i++) {
    const Step& step = program.steps[i];
    if (!splits_by_rows(step.header.op) || rows_of(step) != stage.rows || step.header.block_rows != first.block_rows) {
      return fail(QV_INVALID_ARGUMENT, "step %d (%s) does not go with the %lld rows in blocks of %lld of its group %lld", i,
                  op_name(step.header.op), static_cast<long long>(stage.rows), static_cast<long long>(first.block_rows),
                  static_cast<long long>(first.group));
    }
  }
  if (first.block_rows < 1 || first.block_rows > kMostBlock) {
    return fail(QV_INVALID_ARGUMENT, "step %d: blocks of %lld rows, not 1..%lld", stage.begin,
                static_cast<long long>(first.block_rows), static_cast<long long>(kMostBlock));
  }
  return QV_OK;
}

int end_of_group(const qv_program& program, int begin) {
  int end = begin + 1;
  while (end < program.step_count && program.steps[end].header.group == program.steps[begin].header.group) end++;
  return end;
}

qv_status make_stage(qv_program& program, int begin) {
  const Step& step = program.steps[begin];
  Stage stage = {begin, begin + 1, splits_by_rows(step.header.op), 0, kBlockRows};
  if (step.header.group >= 0) stage.end = end_of_group(program, begin);
  if (stage.by_rows || step.header.group >= 0) stage.rows = rows_of(step);
  if (step.header.group >= 0) {
    const qv_status status = check_group(program, stage);
    if (status != QV_OK) return status;
    stage.block_rows = step.header.block_rows;
  }
  for (int i = stage.begin; i < stage.end; i++) {
    const qv_status status = check_step(program, i, stage.block_rows);
    if (status != QV_OK) return status;
    const size_t bytes = program.workspace.local + step_workspace(program, program.steps[i], stage.block_rows);
    if (bytes > program.workspace.bytes) program.workspace.bytes = bytes;
    const size_t shared = step_shared(program, program.steps[i]);
    if (shared > program.workspace.shared) program.workspace.shared = shared;
  }
  program.stages[program.stage_count++] = stage;
  return QV_OK;
}

qv_status prepare(qv_program& program) {
  program.workspace.local = program.workspace.bytes = line_up(static_cast<size_t>(program.scratch_bytes));
  place_steps(program);
  for (int i = 0; i < program.step_count; i = program.stages[program.stage_count - 1].end) {
    const qv_status status = make_stage(program, i);
    if (status != QV_OK) return status;
  }
  return QV_OK;
}

}  // namespace

bool splits_by_rows(int64_t op) { return known(op) && kOps[op].by_rows; }
const char* op_name(int64_t op) { return known(op) ? kOps[op].name : "unknown"; }
int64_t op_words(int64_t op) { return known(op) ? kOps[op].words : -1; }

namespace {

qv_status check_reach(const int64_t* words, int64_t count, const Reach& reach) {
  if ((!words && count != 0) || count < 0 || count > kMostWords || reach.arena < 0 || reach.arena > kMostArena ||
      reach.scratch < 0 || reach.scratch > kMostScratch) {
    return fail(QV_INVALID_ARGUMENT, "a program of %lld words with an arena of %lld and a scratch of %lld bytes",
                static_cast<long long>(count), static_cast<long long>(reach.arena), static_cast<long long>(reach.scratch));
  }
  if (reach.slot_count < 0 || reach.slot_count > MAX_SLOTS || (!reach.slots && reach.slot_count != 0)) {
    return fail(QV_INVALID_ARGUMENT, "%lld slots, not 0..%lld", static_cast<long long>(reach.slot_count),
                static_cast<long long>(MAX_SLOTS));
  }
  for (int64_t i = 0; i < reach.slot_count; i++) {
    if (reach.slots[i] < 0 || reach.slots[i] > kMostArena) {
      return fail(QV_INVALID_ARGUMENT, "slot %lld of %lld bytes", static_cast<long long>(i + 1),
                  static_cast<long long>(reach.slots[i]));
    }
  }
  return QV_OK;
}

void set_reach(qv_program& program, const Reach& reach) {
  program.arena_bytes = program.slot_bytes[0] = reach.arena;
  program.scratch_bytes = reach.scratch;
  program.slots = static_cast<int>(reach.slot_count);
  for (int64_t i = 0; i < reach.slot_count; i++) program.slot_bytes[1 + i] = reach.slots[i];
}

}  // namespace

qv_status create_program(const KernelTable& table, const int64_t* words, int64_t count, const Reach& reach,
                         qv_program** result) {
  const qv_status bad = check_reach(words, count, reach);
  if (bad != QV_OK) return bad;
  int steps;
  qv_status status = count_steps(words, count, &steps);
  if (status != QV_OK) return status;
  qv_program* program = allocate_program(count, steps);
  if (!program) return fail(QV_OUT_OF_MEMORY, "no memory for a program of %d steps", steps);
  program->table = &table;
  set_reach(*program, reach);
  if (count > 0) memcpy(program->words, words, static_cast<size_t>(count) * sizeof(int64_t));
  status = prepare(*program);
  if (status != QV_OK) {
    free_program(program);
    return status;
  }
  *result = program;
  return QV_OK;
}

void free_program(qv_program* program) {
  if (!program) return;
  for (int i = 0; i < program->held_count; i++) release_handle(program->held[i]);
  release(program);
}

}  // namespace qv
