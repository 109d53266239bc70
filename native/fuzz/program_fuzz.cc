// Fuzzes the check of programs: whatever the words say, a program is refused with a text or runs within its arena; ASan and
// UBSan watch. An input is a tier (one byte) and the words of a program, with tokens for addresses.
#include "tokens.h"

namespace {

constexpr int64_t kSlots[] = {4096, 512};  // bytes of the memory of two streams

const Everything& objects(int tier) {
  static const Everything* made[8] = {};
  if (!made[tier]) made[tier] = new Everything(qv::supported_tiers().tables[tier]);
  return *made[tier];
}

[[noreturn]] void bug(const char* what, int status) {
  fprintf(stderr, "%s: status %d, text '%s'\n", what, status, qv_last_error());
  abort();
}

void run(const Everything& all, const std::vector<int64_t>& words) {
  const long live = qv::live_allocations();
  qv_program* program = nullptr;
  const auto count = static_cast<int64_t>(words.size());
  const qv_status status = qv::create_program(all.table, words.data(), count, {kArena, kScratch, kSlots, 2}, &program);
  if (status == QV_OK) {
    qv_arena *arena = nullptr, *slots[2] = {};
    if (qv_arena_create(kArena, &arena) || qv_arena_create(kSlots[0], &slots[0]) || qv_arena_create(kSlots[1], &slots[1])) {
      abort();
    }
    {
      qv::Turn turn(pool_of(1));
      char* const bases[] = {arena->data, slots[0]->data, slots[1]->data};
      const qv_status ran = qv::run_program(turn, *program, bases, nullptr);
      if (ran != QV_OK && ran != QV_INVALID_ARGUMENT && ran != QV_OUT_OF_MEMORY) bug("a run", ran);
    }
    for (qv_arena* memory : {arena, slots[0], slots[1]}) qv_arena_free(memory);
    qv::free_program(program);
  } else if (status != QV_INVALID_ARGUMENT || !qv_last_error()[0]) {
    bug("a check", status);
  }
  static bool warm = false;  // the pool's thread keeps what its first program needed
  if (warm && status != QV_OK && qv::live_allocations() != live) bug("memory was lost", status);
  warm = true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const Everything& all = objects(data[0] % qv::supported_tiers().count);
  std::vector<int64_t> words((size - 1) / sizeof(int64_t));
  if (!words.empty()) memcpy(words.data(), data + 1, words.size() * sizeof(int64_t));
  fuzz::to_addresses(all, words);
  run(all, words);
  return 0;
}
