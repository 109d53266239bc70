#include "memory/memory.h"

#include <stdlib.h>

#include <atomic>

namespace qv {
namespace {
std::atomic<long> countdown{0};
std::atomic<long> live{0};

bool must_fail() { return countdown.load(std::memory_order_relaxed) > 0 && countdown.fetch_sub(1) == 1; }
}  // namespace

void* allocate(size_t bytes) {
  if (must_fail() || bytes > static_cast<size_t>(-1) / 2) return nullptr;
  void* memory = aligned_alloc(kAlignment, round_up(bytes ? bytes : 1, kAlignment));
  if (memory) live.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

void release(void* memory) {
  if (memory) live.fetch_sub(1, std::memory_order_relaxed);
  free(memory);
}

void fail_allocation(long k) { countdown.store(k); }

long live_allocations() { return live.load(); }

}  // namespace qv
