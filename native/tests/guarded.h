// Memory that ends (or begins) at a page that may not be touched: an access beyond it is a SIGSEGV, not a lucky pass.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(_WIN32)
#define NOMINMAX
#include <windows.h>
#undef near  // which its headers make nothing of
#undef far
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace guarded {

#if defined(_WIN32)
inline size_t page_size() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwPageSize;
}
inline void* reserve(size_t bytes) { return VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_NOACCESS); }
inline bool open_up(void* at, size_t bytes) { return VirtualAlloc(at, bytes, MEM_COMMIT, PAGE_READWRITE) == at; }
inline void give_back(void* base, size_t) { VirtualFree(base, 0, MEM_RELEASE); }
#else
inline size_t page_size() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }
inline void* reserve(size_t bytes) {
  void* base = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return base == MAP_FAILED ? nullptr : base;
}
inline bool open_up(void* at, size_t bytes) { return mprotect(at, bytes, PROT_READ | PROT_WRITE) == 0; }
inline void give_back(void* base, size_t bytes) { munmap(base, bytes); }
#endif

}  // namespace guarded

template <typename T>
class Guarded {
 public:
  explicit Guarded(size_t count) : count_(count) {
    const size_t page = guarded::page_size();
    const size_t bytes = (count * sizeof(T) + page - 1) / page * page;
    total_ = bytes + 2 * page;
    base_ = static_cast<char*>(guarded::reserve(total_));
    if (!base_ || (bytes && !guarded::open_up(base_ + page, bytes))) {
      perror("guarded memory");
      abort();
    }
    data_ = reinterpret_cast<T*>(base_ + page + bytes - count * sizeof(T));
  }
  ~Guarded() { guarded::give_back(base_, total_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return count_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }

 private:
  size_t count_, total_;
  char* base_;
  T* data_;
};
