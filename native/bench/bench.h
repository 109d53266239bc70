// Timing and shapes for the benchmarks.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <string>
#include <vector>

#include "dispatch/peak.h"
#include "ops/gemm.h"
#include "pool/thread_pool.h"

namespace bench {

inline double seconds() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The best of `repeats` runs: other load can only slow a run down.
template <typename Run>
double best_seconds(int repeats, Run run) {
  double best = 1e30;
  for (int i = 0; i < repeats; i++) {
    const double start = seconds();
    run();
    const double took = seconds() - start;
    best = took < best ? took : best;
  }
  return best;
}

// Giga operations a second of `chain` on all threads of a pool: 24 instructions a round, `lane_operations` each.
template <typename Chain>
double peak_gops(qv::ThreadPool& pool, Chain chain, double lane_operations) {
  struct Context {
    Chain chain;
    long rounds;
  } context = {chain, 300'000};
  const auto share = [](void* c, int begin, int end, int, void*) {
    auto* own = static_cast<Context*>(c);
    for (int i = begin; i < end; i++) own->chain(own->rounds);
  };
  const double best = best_seconds(20, [&] {
    qv::Turn turn(pool);
    turn.parallel_for(turn.threads(), 0, share, &context);
  });
  return pool.threads() * 24.0 * static_cast<double>(context.rounds) * lane_operations / best * 1e-9;
}

// A product as the executor runs it: each thread takes its share of the rows through the driver.
inline void multiply(qv::ThreadPool& pool, const qv::GemmCall& call, const qv::PackedMatrix& w, int64_t rows) {
  struct Context {
    const qv::GemmCall& call;
    const qv::PackedMatrix& w;
    int64_t rows;
    int threads;
  } context = {call, w, rows, pool.threads()};
  const auto share = [](void* from, int begin, int end, int, void* scratch) {
    const auto& c = *static_cast<Context*>(from);
    const int64_t first = c.rows * begin / c.threads, count = c.rows * end / c.threads - first;
    qv::GemmCall part = c.call;
    part.a = static_cast<const char*>(c.call.a) + first * c.call.a_stride;
    part.out = static_cast<char*>(c.call.out) + first * c.call.ldc * (c.call.output == QV_OUT_UINT8 ? 1 : 4);
    qv::gemm(part, c.w, count, 0, c.w.panels, static_cast<char*>(scratch));
  };
  qv::Turn turn(pool);
  if (turn.parallel_for(pool.threads(), qv::gemm_scratch(w, rows), share, &context) != QV_OK) abort();
}

// A product [m, k] x [k, n]; lda less than k where the rows of a convolution overlap.
struct Shape {
  char name[64];
  int m, k, n, lda;
};

// Lines "name m k n [lda]"; # begins a comment.
inline std::vector<Shape> read_shapes(const char* path) {
  std::vector<Shape> shapes;
  FILE* file = fopen(path, "r");
  if (!file) {
    perror(path);
    return shapes;
  }
  char line[256];
  while (fgets(line, sizeof line, file)) {
    Shape shape = {};
    const int fields = sscanf(line, "%63s %d %d %d %d", shape.name, &shape.m, &shape.k, &shape.n, &shape.lda);
    if (fields < 4 || shape.name[0] == '#') continue;
    if (fields == 4) shape.lda = shape.k;
    shapes.push_back(shape);
  }
  fclose(file);
  return shapes;
}

}  // namespace bench
