#include "memory/handles.h"

#include <mutex>

#include "memory/memory.h"

namespace qv {
namespace {

struct Entry {
  Entry* next;
  void* object;
  HandleKind kind;
  size_t bytes;
  int64_t shares;
  void (*destroy)(void* object);
};

std::mutex guard;
Entry* entries = nullptr;  // a list is enough, because a model has some hundreds of entries, which are looked up only when it is loaded

Entry* find(const void* object) {
  for (Entry* entry = entries; entry; entry = entry->next) {
    if (entry->object == object) return entry;
  }
  return nullptr;
}

// Releases a share, and unlinks the entry if that was its last one; the caller destroys it outside the lock.
Entry* give_up(const void* object) {
  std::lock_guard<std::mutex> lock(guard);
  for (Entry** link = &entries; *link; link = &(*link)->next) {
    Entry* entry = *link;
    if (entry->object != object) continue;
    if (--entry->shares > 0) return nullptr;
    *link = entry->next;
    return entry;
  }
  return nullptr;
}

}  // namespace

bool add_handle(void* object, HandleKind kind, size_t bytes, void (*destroy)(void* object)) {
  auto* entry = static_cast<Entry*>(allocate(sizeof(Entry)));
  if (!entry) return false;
  std::lock_guard<std::mutex> lock(guard);
  *entry = {entries, object, kind, bytes, 1, destroy};
  entries = entry;
  return true;
}

bool retain_handle(const void* object, HandleKind kind) {
  std::lock_guard<std::mutex> lock(guard);
  Entry* entry = find(object);
  if (!entry || entry->kind != kind) return false;
  entry->shares++;
  return true;
}

const void* retain_floats(const void* address, int64_t count) {
  const auto at = reinterpret_cast<uintptr_t>(address);
  if (count < 0 || at % sizeof(float) != 0) return nullptr;
  std::lock_guard<std::mutex> lock(guard);
  for (Entry* entry = entries; entry; entry = entry->next) {
    const auto begin = reinterpret_cast<uintptr_t>(entry->object);
    if (entry->kind != HandleKind::kFloats || at < begin || at - begin > entry->bytes) continue;
    if (static_cast<uint64_t>(count) > (entry->bytes - (at - begin)) / sizeof(float)) continue;
    entry->shares++;
    return entry->object;
  }
  return nullptr;
}

bool handle_kind(const void* object, HandleKind* kind) {
  std::lock_guard<std::mutex> lock(guard);
  const Entry* entry = find(object);
  if (entry) *kind = entry->kind;
  return entry != nullptr;
}

void release_handle(const void* object) {
  Entry* entry = give_up(object);
  if (!entry) return;
  entry->destroy(entry->object);
  release(entry);
}

}  // namespace qv
