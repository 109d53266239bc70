// Programs that lie: every field of every operator set to values that must fail, and random words in random places. A
// program is refused with a text, or runs within its arena; the sanitizers' builds watch.
#include <limits.h>
#include <math.h>

#include "everything.h"

namespace {

using namespace qv;

long cases = 0, refused = 0;

// A lying program may let two threads write one place of its arena: wrong, but no fault. TSan would report it.
#if defined(__SANITIZE_THREAD__)
constexpr int kThreads = 1;
#else
constexpr int kThreads = 2;
#endif

// Creates and, if it was accepted, runs on memory without a byte to spare.
qv_status attempt(const KernelTable& table, const std::vector<int64_t>& words, int threads) {
  qv_program* program = nullptr;
  const qv_status status = create_program(table, words.data(), static_cast<int64_t>(words.size()), {kArena, kScratch, nullptr, 0}, &program);
  cases++;
  if (status != QV_OK) {
    refused++;
    CHECK(status == QV_INVALID_ARGUMENT && qv_last_error()[0], "status %d without a text", status);
    return status;
  }
  qv_arena* arena = nullptr;
  if (qv_arena_create(kArena, &arena)) abort();
  {
    Turn turn(pool_of(threads));
    const qv_status ran = run_program(turn, *program, &arena->data, nullptr);
    CHECK(ran == QV_OK || ran == QV_INVALID_ARGUMENT || ran == QV_OUT_OF_MEMORY, "run gave %d", ran);
  }
  qv_arena_free(arena);
  free_program(program);
  return QV_OK;
}

// Each word, header or field, replaced by each of these.
void test_each_word(const Everything& all) {
  const int64_t evil[] = {INT64_MIN, INT64_MAX, INT64_MIN + 1, -1, -2, ~INT64_C(8000), 0, 1, 2, 3, 5, 17, 1000, 32767, 32768, 32769,
                          INT32_MAX, INT64_C(1) << 32, INT64_C(1) << 40, INT64_C(1) << 62, 0x7ff8000000000000, 0x3ff0000000000000};
  for (size_t i = 0; i < all.steps.words.size(); i++) {
    for (const int64_t value : evil) {
      SUBJECT("word %zu := %lld on %s", i, static_cast<long long>(value), all.table.name);
      auto words = all.steps.words;
      words[i] = value;
      attempt(all.table, words, i % 8 == 0 ? kThreads : 1);
    }
  }
}

void test_random_words(const Everything& all, int rounds) {
  Random random(static_cast<uint64_t>(all.table.tier + 1));
  for (int round = 0; round < rounds; round++) {
    const int threads = round % 8 == 0 ? kThreads : 1;  // threads that wait for each other take most of the time
    SUBJECT("round %d on %s, %d threads", round, all.table.name, threads);
    auto words = all.steps.words;
    for (int changes = 1 + random.below(3); changes > 0; changes--) {
      int64_t& word = words[static_cast<size_t>(random.below(static_cast<int>(words.size())))];
      switch (random.below(6)) {
        case 0: word = static_cast<int64_t>(random.next()) << 32 | random.next(); break;
        case 1: word ^= INT64_C(1) << random.below(64); break;
        case 2: word = static_cast<int64_t>(static_cast<uint64_t>(word) + static_cast<uint64_t>(random.below(129)) - 64); break;
        case 3: word = random.below(200) - 20; break;
        case 4: word = ~word; break;
        default: word = words[static_cast<size_t>(random.below(static_cast<int>(words.size())))];
      }
    }
    attempt(all.table, words, threads);
  }
}

// A load and a run with the k-th allocation failing, for every k there is.
void test_allocations(const Everything& all) {
  const auto count = static_cast<int64_t>(all.steps.words.size());
  const auto load_and_run = [&] {
    qv_program* program = nullptr;
    qv_arena* arena = nullptr;
    qv_pool* pool = nullptr;
    qv_status status = qv_pool_create(2, &pool);
    if (status == QV_OK) status = create_program(all.table, all.steps.words.data(), count, {kArena, kScratch, nullptr, 0}, &program);
    if (status == QV_OK) status = qv_arena_create(kArena, &arena);
    for (int i = 0; status == QV_OK && i < 2; i++) status = qv_program_run(pool, program, arena, nullptr);
    qv_program_free(program);
    qv_arena_free(arena);
    qv_pool_free(pool);
    return status;
  };
  const long live = live_allocations();
  int failed = 0;
  for (int k = 1; k < 100; k++) {
    SUBJECT("allocation %d fails on %s", k, all.table.name);
    fail_allocation(k);
    const qv_status status = load_and_run();
    fail_allocation(0);
    CHECK(status == QV_OK || status == QV_OUT_OF_MEMORY, "status %d: %s", status, qv_last_error());
    CHECK(live_allocations() == live, "%ld allocations were lost", live_allocations() - live);
    cases++;
    if (status == QV_OK) break;
    failed++;
  }
  CHECK(failed >= 6 && failed < 99, "%d allocations of a load and a run", failed);  // pool 2, program, arena, scratch 2
  CHECK(load_and_run() == QV_OK, "%s", qv_last_error());
}

void must_refuse(const Everything& all, size_t step, size_t field, int64_t value, const char* text) {
  auto words = all.steps.words;
  words[all.steps.starts[step] + field] = value;
  SUBJECT("step %zu, word %zu := %lld", step, field, static_cast<long long>(value));
  const qv_status status = attempt(all.table, words, 1);
  CHECK(status == QV_INVALID_ARGUMENT && strstr(qv_last_error(), text), "status %d, text %s", status, qv_last_error());
}

// The text must name the step and what is wrong.
void test_texts(const Everything& all) {
  must_refuse(all, 0, 0, 99, "no whole step");
  must_refuse(all, 0, 3, 16, "no whole step");
  must_refuse(all, 0, 4, -1, "step 0 (NORM_ROWS): rows is -1");
  must_refuse(all, 0, 6, kArena - 4, "step 0 (NORM_ROWS): in");
  must_refuse(all, 0, 6, 2, "not aligned");
  must_refuse(all, 0, 8, 4096, "gamma");
  must_refuse(all, 0, 8, all.constants.address() + 4 * 585, "gamma");
  must_refuse(all, 0, 6, ~INT64_C(0), "no row group");
  must_refuse(all, 8, 1, -1, "no row group");                // the group torn apart
  must_refuse(all, 8, 2, 9, "step 8 (GEMM) does not go");    // another block size
  must_refuse(all, 8, 4, 39, "step 8 (GEMM) does not go");   // other rows
  must_refuse(all, 8, 5, 15, "weights [24, 16]");
  must_refuse(all, 8, 14, all.constants.address(), "no weights");
  must_refuse(all, 7, 2, 70000, "in blocks of 70000");
  must_refuse(all, 10, 10, 0, "a scale is 0");
  must_refuse(all, 8, 18, 0, "a product without a residual is multiplied by 0");
}

}  // namespace

int main() {
  REPRODUCE("exec_bad_test");
  for (int t = 0; t < supported_tiers().count; t++) {
    const Everything all(supported_tiers().tables[t]);
    SUBJECT("the valid program on %s", all.table.name);
    CHECK(all.at.used <= kArena, "arena of %lld", static_cast<long long>(all.at.used));
    for (const int threads : {1, 2}) CHECK(attempt(all.table, all.steps.words, threads) == QV_OK, "%s", qv_last_error());
    test_texts(all);
    test_allocations(all);
    const long live = live_allocations();
    if (t == supported_tiers().count - 1) test_each_word(all);
    test_random_words(all, t == 0 ? 10000 : 5000);
    CHECK(live_allocations() == live, "%ld allocations were lost", live_allocations() - live);
  }
  printf("%ld of %ld refused\n", refused, cases);
  return check::report("exec_bad_test", cases);
}
