#include "pool/thread_pool.h"

#include <new>

#include "memory/error.h"
#include "memory/memory.h"
#include "pool/clock.h"

namespace qv {
namespace {

// How long workers spin: longer than the serial gap between two operators, but too short to matter for power
// consumption.
constexpr int64_t kSpinNanos = 40'000;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Returns true as soon as ready() does, or false if it does not within the spin time.
template <typename Ready>
bool spin(Ready ready) {
  for (int i = 0; i < 64; i++) {
    if (ready()) return true;
    relax();
  }
  const int64_t end = now_nanos() + kSpinNanos;
  do {
    for (int i = 0; i < 64; i++) {
      if (ready()) return true;
      relax();
    }
  } while (now_nanos() < end);
  return ready();
}

}  // namespace

struct alignas(64) ThreadPool::Worker {
  ThreadPool* pool;
  int index;
  pthread_t thread;
  void* scratch;
  size_t scratch_bytes;
};

qv_status ThreadPool::create(int threads, ThreadPool** result) {
  if (threads < 1 || threads > kMostThreads) {
    return fail(QV_INVALID_ARGUMENT, "%d threads, not 1..%d", threads, kMostThreads);
  }
  void* place = allocate(sizeof(ThreadPool));
  void* workers = allocate(sizeof(Worker) * static_cast<size_t>(threads));
  if (!place || !workers) {
    release(place);
    release(workers);
    return fail(QV_OUT_OF_MEMORY, "no memory for a pool of %d threads", threads);
  }
  auto* pool = new (place) ThreadPool();
  pool->threads_ = threads;
  pool->workers_ = static_cast<Worker*>(workers);
  for (int i = 0; i < threads; i++) pool->workers_[i] = {pool, i, {}, nullptr, 0};
  if (!pool->start_workers()) {
    const int started = pool->started_;
    destroy(pool);
    return fail(QV_SYSTEM, "the system started %d of %d worker threads only", started, threads - 1);
  }
  *result = pool;
  return QV_OK;
}

bool ThreadPool::start_workers() {
  for (int i = 1; i < threads_; i++) {
    if (pthread_create(&workers_[i].thread, nullptr, worker_main, &workers_[i]) != 0) return false;
    started_++;
  }
  return true;
}

void ThreadPool::destroy(ThreadPool* pool) {
  if (!pool) return;
  {
    Turn turn(*pool);  // waits for the end of a running loop
    pool->stop_.store(true);
    pool->start_loop();
  }
  for (int i = 1; i <= pool->started_; i++) pthread_join(pool->workers_[i].thread, nullptr);
  for (int i = 0; i < pool->threads_; i++) release(pool->workers_[i].scratch);
  release(pool->shared_);
  release(pool->workers_);
  pool->~ThreadPool();
  release(pool);
}

bool ThreadPool::reserve_scratch(size_t bytes) {
  for (int i = 0; i < threads_; i++) {
    Worker& worker = workers_[i];
    if (worker.scratch_bytes >= bytes) continue;
    void* grown = allocate(bytes);
    if (!grown) return false;
    release(worker.scratch);
    worker.scratch = grown;
    worker.scratch_bytes = bytes;
  }
  return true;
}

void ThreadPool::run_share(int worker) {
  const int64_t tasks = tasks_;
  const int begin = static_cast<int>(tasks * worker / threads_);
  const int end = static_cast<int>(tasks * (worker + 1) / threads_);
  if (begin < end) share_(context_, begin, end, worker, workers_[worker].scratch);
}

// Starts a loop. epoch_ and sleepers_ are sequentially consistent, so either the caller sees the sleeper or the sleeper
// sees the new epoch.
void ThreadPool::start_loop() {
  epoch_.fetch_add(1);
  if (sleepers_.load() == 0) return;
  std::lock_guard<std::mutex> lock(sleep_);
  work_.notify_all();
}

uint32_t ThreadPool::next_epoch(uint32_t seen) {
  if (!spin([&] { return epoch_.load(std::memory_order_acquire) != seen; })) {
    std::unique_lock<std::mutex> lock(sleep_);
    sleepers_.fetch_add(1);
    while (epoch_.load() == seen) work_.wait(lock);
    sleepers_.fetch_sub(1);
  }
  return epoch_.load();
}

void ThreadPool::finish_loop() {
  if (spin([&] { return pending_.load(std::memory_order_acquire) == 0; })) return;
  std::unique_lock<std::mutex> lock(sleep_);
  caller_sleeps_.store(true);
  while (pending_.load() != 0) done_.wait(lock);
  caller_sleeps_.store(false);
}

void* ThreadPool::worker_main(void* argument) {
  auto* worker = static_cast<Worker*>(argument);
  ThreadPool& pool = *worker->pool;
  uint32_t seen = 0;
  for (;;) {
    seen = pool.next_epoch(seen);
    if (pool.stop_.load()) return nullptr;
    pool.run_share(worker->index);
    if (pool.pending_.fetch_sub(1) == 1 && pool.caller_sleeps_.load()) {
      std::lock_guard<std::mutex> lock(pool.sleep_);
      pool.done_.notify_one();
    }
  }
}

qv_status Turn::parallel_for(int tasks, size_t scratch_bytes, ThreadPool::Share share, void* context) {
  if (!pool_.reserve_scratch(scratch_bytes)) {
    return fail(QV_OUT_OF_MEMORY, "no memory for %llu bytes of scratch a thread",
                static_cast<unsigned long long>(scratch_bytes));
  }
  if (tasks <= 0) return QV_OK;
  pool_.share_ = share;
  pool_.context_ = context;
  pool_.tasks_ = tasks;
  if (tasks == 1 || pool_.threads_ == 1) {
    share(context, 0, tasks, 0, pool_.workers_[0].scratch);
    return QV_OK;
  }
  pool_.pending_.store(pool_.threads_ - 1, std::memory_order_relaxed);
  pool_.start_loop();
  pool_.run_share(0);
  pool_.finish_loop();
  return QV_OK;
}

qv_status Turn::shared_scratch(size_t bytes, char** scratch) {
  if (pool_.shared_bytes_ < bytes) {
    auto* grown = static_cast<char*>(allocate(bytes));
    if (!grown) {
      return fail(QV_OUT_OF_MEMORY, "no memory for %llu bytes of shared scratch", static_cast<unsigned long long>(bytes));
    }
    release(pool_.shared_);
    pool_.shared_ = grown;
    pool_.shared_bytes_ = bytes;
  }
  *scratch = pool_.shared_;
  return QV_OK;
}

}  // namespace qv
