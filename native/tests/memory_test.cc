// Memory of packed weights: blocks that share a chunk do not touch each other, whatever the order in which they go, and all of it is
// given back.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#if defined(__linux__)
#include <unistd.h>
#endif

#include <vector>

#include "check.h"
#include "memory/memory.h"

namespace {

// Returns the resident bytes of this process, or 0 where the system does not tell and under sanitizers, whose own memory counts.
long resident() {
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  FILE* file = fopen("/proc/self/statm", "r");
  long all = 0, in_memory = 0;
  if (!file) return 0;
  const int read = fscanf(file, "%ld %ld", &all, &in_memory);
  fclose(file);
  return read == 2 ? in_memory * sysconf(_SC_PAGESIZE) : 0;
#else
  return 0;
#endif
}

struct Block {
  unsigned char* at;
  size_t bytes;
  unsigned char mark;
};

bool is_whole(const Block& b) {
  for (size_t i = 0; i < b.bytes; i++) {
    if (b.at[i] != b.mark) return false;
  }
  return true;
}

// Takes and gives back blocks in a random order; each is filled with a mark of its own, which must last.
void churn(uint32_t seed, size_t most, int rounds) {
  uint32_t state = seed;
  const auto next = [&](size_t below) {
    state = state * 1664525u + 1013904223u;
    return static_cast<size_t>(state >> 8) % below;
  };
  std::vector<Block> blocks;
  for (int i = 0; i < rounds; i++) {
    if (blocks.size() > 12 || (!blocks.empty() && next(3) == 0)) {
      const size_t index = next(blocks.size());
      CHECK(is_whole(blocks[index]), "seed %u: block %d was written by another", seed, i);
      qv::release(blocks[index].at);
      blocks.erase(blocks.begin() + static_cast<ptrdiff_t>(index));
      continue;
    }
    const size_t bytes = next(most);
    auto* at = static_cast<unsigned char*>(qv::allocate_weights(bytes));
    CHECK(at && reinterpret_cast<uintptr_t>(at) % qv::kAlignment == 0, "seed %u: %zu bytes", seed, bytes);
    if (!at) break;
    const auto mark = static_cast<unsigned char>(i);
    memset(at, mark, bytes);
    blocks.push_back({at, bytes, mark});
  }
  for (const Block& b : blocks) {
    CHECK(is_whole(b), "seed %u: a block was written by another", seed);
    qv::release(b.at);
  }
}

void* churn_on_thread(void* seed) {
  churn(*static_cast<uint32_t*>(seed), 30000, 400);
  return nullptr;
}

void churn_on_threads() {
  uint32_t seeds[] = {11, 12, 13};
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], nullptr, churn_on_thread, &seeds[i]) == 0, "thread %d", i);
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
}

void* filled(size_t bytes) {
  void* memory = qv::allocate_weights(bytes);
  CHECK(memory != nullptr, "%zu bytes", bytes);
  if (memory) memset(memory, 1, bytes);
  return memory;
}

// Weights that are tried and given back beside others that stay take the same room each time.
void try_many() {
  const size_t bytes = size_t{1} << 20;
  std::vector<void*> kept;
  const long before = resident();
  for (int i = 0; i < 400; i++) {
    void* first = filled(bytes);
    void* second = filled(64);
    qv::release(first);
    qv::release(second);
    if (i % 20 == 0) kept.push_back(filled(bytes));
  }
  CHECK(resident() - before < 64 << 20, "%ld bytes more are resident", resident() - before);
  for (void* block : kept) qv::release(block);
}

// A model that is replaced gives its pages back, although a small one that stays was loaded behind it.
void replace_many() {
  std::vector<void*> kept;
  const long before = resident();
  for (int i = 0; i < 12; i++) {
    void* large = filled(size_t{24} << 20);
    kept.push_back(filled(64));
    qv::release(large);
  }
  CHECK(resident() - before < 64 << 20, "%ld bytes more are resident", resident() - before);
  for (void* block : kept) qv::release(block);
}

// A block that is larger than a chunk, and one that the machine cannot have.
void take_too_much() {
  const size_t large = size_t{70} << 20;
  auto* at = static_cast<char*>(qv::allocate_weights(large));
  CHECK(at != nullptr, "%zu bytes", large);
  if (at) at[large - 1] = 1;
  qv::release(at);
  CHECK(qv::allocate_weights(~size_t{0} / 2 + 1) == nullptr, "half of all addresses");
  qv::fail_allocation(1);
  CHECK(qv::allocate_weights(64) == nullptr, "an allocation that was told to fail");
}

}  // namespace

int main() {
  REPRODUCE("memory_test");
  const long before = qv::live_allocations();
  for (uint32_t seed = 1; seed <= 4; seed++) churn(seed, 300000, 200);
  churn(5, size_t{20} << 20, 40);
  churn_on_threads();
  try_many();
  replace_many();
  take_too_much();
  CHECK(qv::live_allocations() == before, "%ld allocations are left", qv::live_allocations() - before);
  return check::report("memory", 10);
}
