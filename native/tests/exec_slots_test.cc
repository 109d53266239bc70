// Programs with slots: memory of streams, which lies wherever a run says.
#include <string.h>

#include "programs.h"
#include "quantvoice.h"

namespace {

using namespace qv;

long cases = 0;

constexpr Place slot(int64_t number, int64_t offset) { return (number << SLOT_SHIFT) + offset; }

// Slot 2 = slot 1 + arena, eight floats each.
StepList sum(Place a, Place b, Place out) {
  StepList steps;
  steps.add(OP_BINARY, BinaryStep{{1, 1, 1, 1, 1, 8}, ADD, 1, {a, {0, 0, 0, 0, 0, 1}}, {b, {0, 0, 0, 0, 0, 1}}, {out, {0, 0, 0, 0, 0, 1}}});
  return steps;
}

qv_status make(const StepList& steps, const std::vector<int64_t>& slots, qv_program** program) {
  return qv_program_create_slots(steps.words.data(), static_cast<int64_t>(steps.words.size()), 32, 0, slots.data(),
                                 static_cast<int32_t>(slots.size()), program);
}

void expect(const char* what, qv_status got, qv_status want) {
  cases++;
  CHECK(got == want, "%s gave %d, not %d", what, got, want);
  if (want != QV_OK) CHECK(qv_last_error()[0] != 0, "%s: no text", what);
}

// One program, streams whose slots lie at different places of one arena.
void test_places() {
  qv_program* program = nullptr;
  expect("a program", make(sum(slot(1, 0), 0, slot(2, 32)), {32, 64}, &program), QV_OK);
  qv_arena *work = nullptr, *state = nullptr;
  if (qv_arena_create(32, &work) || qv_arena_create(32 + 3 * 96, &state)) abort();
  const float ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  qv_arena_write(work, 0, ones, 8);
  auto* pool = reinterpret_cast<qv_pool*>(&pool_of(2));
  for (int64_t stream = 0; stream < 3; stream++) {
    const int64_t at = 32 + stream * 96;
    const auto base = static_cast<float>(10 * stream);
    const float values[8] = {base, base + 1, base + 2, base + 3, base + 4, base + 5, base + 6, base + 7};
    qv_arena_write(state, at, values, 8);
    qv_arena* const states[] = {state, state};
    const int64_t offsets[] = {at, at + 32};
    expect("a run", qv_program_run_slots(pool, program, work, states, offsets, 2, nullptr), QV_OK);
  }
  for (int64_t stream = 0; stream < 3; stream++) {
    float got[16];
    qv_arena_read(state, 32 + stream * 96 + 32, got, 16);
    for (int i = 0; i < 8; i++) {
      cases++;
      CHECK(got[i] == 0 && got[8 + i] == static_cast<float>(10 * stream + i + 1), "stream %d, %d: %g %g",
            static_cast<int>(stream), i, static_cast<double>(got[i]), static_cast<double>(got[8 + i]));
    }
  }
  qv_arena* const states[] = {state, state};
  const int64_t good[] = {0, 256}, after[] = {0, 260}, before[] = {-4, 256}, odd[] = {2, 256};
  expect("the last place", qv_program_run_slots(pool, program, work, states, good, 2, nullptr), QV_OK);
  expect("a slot behind the end", qv_program_run_slots(pool, program, work, states, after, 2, nullptr), QV_INVALID_ARGUMENT);
  expect("a slot before the start", qv_program_run_slots(pool, program, work, states, before, 2, nullptr), QV_INVALID_ARGUMENT);
  expect("an odd place", qv_program_run_slots(pool, program, work, states, odd, 2, nullptr), QV_INVALID_ARGUMENT);
  expect("one slot too few", qv_program_run_slots(pool, program, work, states, good, 1, nullptr), QV_INVALID_ARGUMENT);
  expect("no slots", qv_program_run(pool, program, work, nullptr), QV_INVALID_ARGUMENT);
  qv_arena* const none[] = {state, nullptr};
  expect("a slot that is NULL", qv_program_run_slots(pool, program, work, none, good, 2, nullptr), QV_INVALID_ARGUMENT);
  expect("a move that overlaps", qv_arena_move(state, 0, state, 32, 16), QV_OK);
  expect("a move beyond", qv_arena_move(state, 0, state, 32, 1000), QV_INVALID_ARGUMENT);
  expect("zeros", qv_arena_clear(state), QV_OK);
  float first = 1;
  qv_arena_read(state, 64, &first, 1);
  CHECK(first == 0, "cleared, but %g", static_cast<double>(first));
  qv_arena_free(work);
  qv_arena_free(state);
  qv_program_free(program);
}

void test_refusals() {
  qv_program* program = nullptr;
  expect("a slot that is not there", make(sum(slot(3, 0), 0, slot(2, 0)), {32, 32}, &program), QV_INVALID_ARGUMENT);
  expect("beyond a slot", make(sum(slot(1, 4), 0, slot(2, 0)), {32, 32}, &program), QV_INVALID_ARGUMENT);
  expect("writing beyond a slot", make(sum(0, 0, slot(1, 4)), {32}, &program), QV_INVALID_ARGUMENT);
  expect("a slot without a program of slots", make(sum(0, 0, slot(1, 0)), {}, &program), QV_INVALID_ARGUMENT);
  expect("a negative slot", make(sum(0, 0, 0), {-1}, &program), QV_INVALID_ARGUMENT);
  expect("too many slots", make(sum(0, 0, 0), std::vector<int64_t>(65, 32), &program), QV_INVALID_ARGUMENT);
}

}  // namespace

int main() {
  REPRODUCE("exec_slots_test");
  if (qv_init(nullptr) != QV_OK) abort();
  test_places();
  test_refusals();
  return check::report("exec_slots_test", cases);
}
