#include "memory/weight_memory.h"

#include <stdint.h>
#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
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

// The head of a block, which lies before its memory.
struct alignas(kAlignment) BlockHead {
  BlockHead* before;  // the block below it in the chunk, or NULL
  size_t bytes;
  bool given_back;
};

// The head of a chunk, which lies at its begin.
struct alignas(kAlignment) WeightChunk {
  WeightChunk* next;
  size_t bytes, used;
  BlockHead* last;

  bool holds(const void* memory) const {
    const auto begin = reinterpret_cast<uintptr_t>(this), at = reinterpret_cast<uintptr_t>(memory);
    return at >= begin && at - begin < bytes;
  }
};

std::mutex mutex;
WeightChunk* chunks = nullptr;  // the newest is in front, and only it gets new blocks

WeightChunk* new_chunk(size_t block) {
  const size_t wanted = round_up(sizeof(WeightChunk) + block, kHugePage);
  const size_t bytes = wanted > kChunkBytes ? wanted : kChunkBytes;
  void* memory = nullptr;
  if (posix_memalign(&memory, kHugePage, bytes) != 0) return nullptr;
  madvise(memory, bytes, MADV_HUGEPAGE);
  auto* chunk = static_cast<WeightChunk*>(memory);
  *chunk = {chunks, bytes, sizeof(WeightChunk), nullptr};
  chunks = chunk;
  return chunk;
}

void free_chunk(const WeightChunk* chunk) {
  WeightChunk** link = &chunks;
  while (*link != chunk) link = &(*link)->next;
  *link = chunk->next;
  free(const_cast<WeightChunk*>(chunk));
}

// Makes room again of the blocks at the end of a chunk that were given back: weights that are tried for a moment, as
// quantization does, take the same room each time.
void drop_last_blocks(WeightChunk* chunk) {
  while (chunk->last && chunk->last->given_back) {
    chunk->used -= sizeof(BlockHead) + chunk->last->bytes;
    chunk->last = chunk->last->before;
  }
}

// Gives the whole pages of a block back to the system, which others in the chunk keep from being freed; so a model that replaces
// another does not keep the weights of that alive.
void give_pages_back(void* memory, size_t bytes) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t first = (begin + page - 1) / page * page, end = (begin + bytes) / page * page;
  if (end > first) madvise(static_cast<char*>(memory) + (first - begin), end - first, MADV_DONTNEED);
}

}  // namespace

void* take_from_chunk(size_t bytes) {
  const size_t room = round_up(bytes ? bytes : 1, kAlignment), block = sizeof(BlockHead) + room;
  const std::lock_guard<std::mutex> lock(mutex);
  WeightChunk* chunk = chunks;
  if (!chunk || chunk->bytes - chunk->used < block) chunk = new_chunk(block);
  if (!chunk) return nullptr;
  auto* head = reinterpret_cast<BlockHead*>(reinterpret_cast<char*>(chunk) + chunk->used);
  *head = {chunk->last, room, false};
  chunk->last = head;
  chunk->used += block;
  return head + 1;
}

bool give_back_to_chunk(void* memory) {
  const std::lock_guard<std::mutex> lock(mutex);
  WeightChunk* chunk = chunks;
  while (chunk && !chunk->holds(memory)) chunk = chunk->next;
  if (!chunk) return false;
  BlockHead* head = static_cast<BlockHead*>(memory) - 1;
  head->given_back = true;
  if (head == chunk->last) {
    drop_last_blocks(chunk);
  } else {
    give_pages_back(memory, head->bytes);
  }
  if (!chunk->last) free_chunk(chunk);
  return true;
}

#endif

}  // namespace qv
