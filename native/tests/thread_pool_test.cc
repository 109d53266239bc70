// The pool: every task once, whatever the numbers; callers in turn; sleep and wake; pools side by side.
#include <sched.h>
#include <time.h>

#include <atomic>

#include "check.h"
#include "memory/memory.h"
#include "pool/thread_pool.h"

namespace {

long cases = 0;

struct Count {
  std::atomic<int> done[300] = {};
  std::atomic<int> inside{0};
  int most_inside_allowed = 0;
};

void count_tasks(void* context, int begin, int end, int, void* scratch) {
  auto* count = static_cast<Count*>(context);
  const int inside = count->inside.fetch_add(1) + 1;
  CHECK(inside <= count->most_inside_allowed, "%d shares at once", inside);
  for (int i = begin; i < end; i++) count->done[i].fetch_add(1);
  static_cast<char*>(scratch)[63] = 1;
  count->inside.fetch_sub(1);
}

void run_counts(qv::ThreadPool& pool) {
  for (int tasks = 0; tasks < 300; tasks += 1 + tasks / 5) {
    SUBJECT("%d threads, %d tasks", pool.threads(), tasks);
    Count count;
    count.most_inside_allowed = pool.threads();
    qv::Turn turn(pool);
    CHECK(turn.parallel_for(tasks, 64, count_tasks, &count) == QV_OK, "status");
    for (int i = 0; i < 300; i++) CHECK(count.done[i] == (i < tasks ? 1 : 0), "task %d done %d times", i, count.done[i].load());
    cases++;
  }
}

void pause_a_little() {
  const timespec time = {0, 300'000};  // longer than workers spin, so that they sleep
  nanosleep(&time, nullptr);
}

void run_after_sleep(qv::ThreadPool& pool) {
  for (int i = 0; i < 50; i++) {
    pause_a_little();
    Count count;
    count.most_inside_allowed = pool.threads();
    qv::Turn turn(pool);
    CHECK(turn.parallel_for(4, 64, count_tasks, &count) == QV_OK, "status");
    CHECK(count.done[0] + count.done[1] + count.done[2] + count.done[3] == 4, "tasks were lost after a sleep");
  }
  cases++;
}

struct Caller {
  qv::ThreadPool* pool;
  pthread_t thread;
};

void* call_often(void* argument) {
  auto* caller = static_cast<Caller*>(argument);
  for (int i = 0; i < 300; i++) {
    Count count;
    count.most_inside_allowed = caller->pool->threads();
    qv::Turn turn(*caller->pool);
    turn.parallel_for(7, 64, count_tasks, &count);
    for (int task = 0; task < 7; task++) CHECK(count.done[task] == 1, "task %d done %d times", task, count.done[task].load());
    if (i % 100 == 0) pause_a_little();
  }
  return nullptr;
}

// Two pools, four callers each.
void run_callers() {
  SUBJECT("four callers on each of two pools");
  qv::ThreadPool* pools[2];
  for (auto& pool : pools) CHECK(qv::ThreadPool::create(2, &pool) == QV_OK, "create");
  Caller callers[8];
  for (int i = 0; i < 8; i++) {
    callers[i].pool = pools[i % 2];
    if (pthread_create(&callers[i].thread, nullptr, call_often, &callers[i]) != 0) abort();
  }
  for (Caller& caller : callers) pthread_join(caller.thread, nullptr);
  for (auto& pool : pools) qv::ThreadPool::destroy(pool);
  cases++;
}

void run_lives() {
  for (int i = 0; i < 200; i++) {
    qv::ThreadPool* pool = nullptr;
    CHECK(qv::ThreadPool::create(1 + i % 4, &pool) == QV_OK, "create");
    if (i % 3 == 0) run_after_sleep(*pool), i += 20;
    qv::ThreadPool::destroy(pool);
  }
  qv::ThreadPool* pool = nullptr;
  CHECK(qv::ThreadPool::create(0, &pool) == QV_INVALID_ARGUMENT && qv::ThreadPool::create(257, &pool) == QV_INVALID_ARGUMENT,
        "thread numbers out of range");
  cases++;
}

void run_out_of_memory() {
  SUBJECT("allocation failures");
  const long before = qv::live_allocations();
  for (long k = 1; k <= 2; k++) {
    qv::ThreadPool* pool = nullptr;
    qv::fail_allocation(k);
    CHECK(qv::ThreadPool::create(2, &pool) == QV_OUT_OF_MEMORY, "allocation %ld", k);
  }
  qv::ThreadPool* pool = nullptr;
  CHECK(qv::ThreadPool::create(2, &pool) == QV_OK, "after failures");
  for (long k = 1; k <= 2; k++) {
    Count count;
    count.most_inside_allowed = 2;
    qv::Turn turn(*pool);
    qv::fail_allocation(k);
    CHECK(turn.parallel_for(2, static_cast<size_t>(64 * k), count_tasks, &count) == QV_OUT_OF_MEMORY, "scratch %ld", k);
    CHECK(turn.parallel_for(2, static_cast<size_t>(64 * k), count_tasks, &count) == QV_OK, "after failures");
  }
  qv::ThreadPool::destroy(pool);
  qv::fail_allocation(0);
  CHECK(qv::live_allocations() == before, "%ld allocations are left", qv::live_allocations() - before);
  cases++;
}

}  // namespace

int main() {
  REPRODUCE("thread_pool_test");
  for (int threads : {1, 2, 3, 8}) {
    qv::ThreadPool* pool = nullptr;
    CHECK(qv::ThreadPool::create(threads, &pool) == QV_OK, "create");
    run_counts(*pool);
    run_after_sleep(*pool);
    qv::ThreadPool::destroy(pool);
  }
  run_callers();
  run_lives();
  run_out_of_memory();
  return check::report("thread_pool", cases);
}
