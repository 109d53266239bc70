#include "memory/memory.h"

#include <stdlib.h>
#if defined(_WIN32)
#include <malloc.h>
#else
#include <sys/mman.h>
#endif

#include <atomic>

#include "memory/weight_memory.h"

namespace qv {
namespace {
std::atomic<long> countdown{0};
std::atomic<long> live{0};

bool must_fail() { return countdown.load(std::memory_order_relaxed) > 0 && countdown.fetch_sub(1) == 1; }

constexpr size_t kHugePage = size_t{1} << 21;

// Asks for huge pages for large blocks (arenas), because products touch more small pages than the TLB of the CPU holds.
// Only whole pages are asked for, so that no memory is wasted; a system without huge pages ignores the advice.
void advise_huge_pages(void* memory, size_t bytes) {
#if defined(MADV_HUGEPAGE)
  madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#else
  (void)memory;
  (void)bytes;
#endif
}

#if defined(_WIN32)
void* aligned(size_t alignment, size_t bytes) { return _aligned_malloc(bytes, alignment); }
void give_back(void* memory) { _aligned_free(memory); }
#else
void* aligned(size_t alignment, size_t bytes) {
  void* memory = nullptr;
  return posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
}
void give_back(void* memory) { free(memory); }
#endif

}  // namespace

void* allocate(size_t bytes) {
  if (must_fail() || bytes > static_cast<size_t>(-1) / 2) return nullptr;
  const bool huge = bytes >= kHugePage;
  void* memory = aligned(huge ? kHugePage : kAlignment, round_up(bytes ? bytes : 1, kAlignment));
  if (memory && huge) advise_huge_pages(memory, bytes);
  if (memory) live.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

void* allocate_weights(size_t bytes) {
  if (must_fail() || bytes > static_cast<size_t>(-1) / 2) return nullptr;
  void* memory = take_from_chunk(bytes);
  if (!memory) memory = aligned(kAlignment, round_up(bytes ? bytes : 1, kAlignment));
  if (memory) live.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

void release(void* memory) {
  if (!memory) return;
  live.fetch_sub(1, std::memory_order_relaxed);
  if (!give_back_to_chunk(memory)) give_back(memory);
}

void fail_allocation(long k) { countdown.store(k); }

long live_allocations() { return live.load(); }

}  // namespace qv
