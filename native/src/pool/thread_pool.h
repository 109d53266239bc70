// A pool of threads for loops with even work: static split, the caller takes part, no OpenMP.
//
// Workers spin for a few tens of microseconds after a loop and sleep then, so that operators in a row pay no wake-up.
// Any number of pools and callers may work at the same time; a caller that finds the pool busy waits for its turn. A
// task must not use its own pool.
#pragma once

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "quantvoice.h"

namespace qv {

class ThreadPool {
 public:
  // One share of a loop: tasks [begin, end), done by one worker (0: the caller) with its own scratch memory.
  using Share = void (*)(void* context, int begin, int end, int worker, void* scratch);

  static constexpr int kMostThreads = 256;

  static qv_status create(int threads, ThreadPool** pool);
  static void destroy(ThreadPool* pool);

  int threads() const { return threads_; }

 private:
  friend class Turn;
  struct Worker;

  ThreadPool() = default;
  ~ThreadPool() = default;

  static void* worker_main(void* worker);
  bool start_workers();
  bool reserve_scratch(size_t bytes);
  void run_share(int worker);
  void start_loop();
  void finish_loop();
  uint32_t next_epoch(uint32_t seen);

  int threads_ = 0;
  int started_ = 0;
  Worker* workers_ = nullptr;
  char* shared_ = nullptr;
  size_t shared_bytes_ = 0;
  std::mutex turn_;

  // The present loop. The caller writes it before it changes epoch_, and workers read it after.
  Share share_ = nullptr;
  void* context_ = nullptr;
  int tasks_ = 0;

  alignas(64) std::atomic<uint32_t> epoch_{0};
  std::atomic<bool> stop_{false};
  alignas(64) std::atomic<int> pending_{0};
  alignas(64) std::atomic<int> sleepers_{0};
  std::atomic<bool> caller_sleeps_{false};
  std::mutex sleep_;
  std::condition_variable work_;
  std::condition_variable done_;
};

// The right to use a pool, for one loop or for many in a row. Waits until the pool is free.
class Turn {
 public:
  explicit Turn(ThreadPool& pool) : pool_(pool), lock_(pool.turn_) {}

  int threads() const { return pool_.threads_; }

  // Splits tasks 0..tasks-1 evenly among the threads and returns when all are done. Each worker gets at least
  // scratch_bytes of 64-byte aligned memory, kept by the pool from loop to loop. It fails only if there is no memory.
  qv_status parallel_for(int tasks, size_t scratch_bytes, ThreadPool::Share share, void* context);

  // Returns 64-byte aligned memory for all workers together, which the pool keeps. Its content is lost between turns.
  qv_status shared_scratch(size_t bytes, char** scratch);

 private:
  ThreadPool& pool_;
  std::lock_guard<std::mutex> lock_;
};

}  // namespace qv
