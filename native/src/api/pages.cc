// Pages of a mapped file that are not needed in memory any more.
#include "quantvoice.h"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>

extern "C" void qv_forget_pages(const void* address, int64_t bytes) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t begin = ((uintptr_t)address + page - 1) / page * page;
  const uintptr_t end = ((uintptr_t)address + (uintptr_t)(bytes > 0 ? bytes : 0)) / page * page;
  if (address && begin < end) (void)madvise((void*)begin, end - begin, MADV_DONTNEED);  // advice: may be refused
}
#else
extern "C" void qv_forget_pages(const void*, int64_t) {}  // the system trims the working set by itself
#endif
