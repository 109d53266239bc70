// Pools of 1 and of 2 threads that a test program keeps.
#pragma once

#include <stdlib.h>

#include "pool/thread_pool.h"

inline qv::ThreadPool& pool_of(int threads) {
  static qv::ThreadPool* pools[5] = {};
  if (!pools[threads] && qv::ThreadPool::create(threads, &pools[threads]) != QV_OK) abort();
  return *pools[threads];
}
