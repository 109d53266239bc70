#include "memory/weight_memory.h"

#include <stdint.h>
#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <mutex>

#include "memory/memory.h"

// AddressSanitizer sees what lies beyond a block only if each block is an allocation of its own.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define QV_OWN_BLOCKS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || !defined(MADV_HUGEPAGE)
#define QV_OWN_BLOCKS 1
#endif

namespace qv {

#if defined(QV_OWN_BLOCKS)

void* take_from_chunk(size_t) { return nullptr; }
bool give_back_to_chunk(void*) { return false; }

#else

namespace {

constexpr size_t kHugePage = size_t{1} << 21;
// Only touched pages of a chunk take memory, so that a small model does not pay for the rest. The larger a chunk, the fewer pages
// are left half empty between two.
constexpr size_t kChunkBytes = size_t{64} << 20;

// The head of a chunk, which lies at its begin.
struct alignas(kAlignment) WeightChunk {
  WeightChunk* next;
  size_t bytes, used;
  int64_t blocks;

  bool holds(const void* memory) const {
    const auto begin = reinterpret_cast<uintptr_t>(this), at = reinterpret_cast<uintptr_t>(memory);
    return at >= begin && at - begin < bytes;
  }
};

std::mutex mutex;
WeightChunk* chunks = nullptr;  // the newest is in front, and only it gets new blocks

WeightChunk* new_chunk(size_t block) {
  const size_t wanted = round_up(block + sizeof(WeightChunk), kHugePage);
  const size_t bytes = wanted > kChunkBytes ? wanted : kChunkBytes;
  void* memory = nullptr;
  if (posix_memalign(&memory, kHugePage, bytes) != 0) return nullptr;
  madvise(memory, bytes, MADV_HUGEPAGE);
  auto* chunk = static_cast<WeightChunk*>(memory);
  *chunk = {chunks, bytes, sizeof(WeightChunk), 0};
  chunks = chunk;
  return chunk;
}

void free_chunk(const WeightChunk* chunk) {
  WeightChunk** link = &chunks;
  while (*link != chunk) link = &(*link)->next;
  *link = chunk->next;
  free(const_cast<WeightChunk*>(chunk));
}

}  // namespace

void* take_from_chunk(size_t bytes) {
  const size_t block = round_up(bytes ? bytes : 1, kAlignment);
  const std::lock_guard<std::mutex> lock(mutex);
  WeightChunk* chunk = chunks;
  if (!chunk || chunk->bytes - chunk->used < block) chunk = new_chunk(block);
  if (!chunk) return nullptr;
  void* memory = reinterpret_cast<char*>(chunk) + chunk->used;
  chunk->used += block;
  chunk->blocks++;
  return memory;
}

bool give_back_to_chunk(void* memory) {
  const std::lock_guard<std::mutex> lock(mutex);
  WeightChunk* chunk = chunks;
  while (chunk && !chunk->holds(memory)) chunk = chunk->next;
  if (!chunk) return false;
  if (--chunk->blocks == 0) free_chunk(chunk);
  return true;
}

#endif

}  // namespace qv
