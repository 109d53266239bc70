// The one place where the library allocates memory. It is aligned, allocation never throws, and tests can count it.
#pragma once

#include <stddef.h>

namespace qv {

constexpr size_t kAlignment = 64;

// Returns memory aligned to a cache line, or NULL. Zero bytes give a valid pointer.
void* allocate(size_t bytes);
// The same for packed weights, which share huge pages where the system has them.
void* allocate_weights(size_t bytes);
void release(void* memory);

// Tests only: makes the k-th allocation from now on fail (1 is the next), once; 0 switches it off.
void fail_allocation(long k);

// Tests only: returns the number of allocations that are not released.
long live_allocations();

constexpr size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace qv
