// Writes the words of a program from the steps' structs.
#pragma once

#include <string.h>

#include <vector>

#include "exec/step.h"

struct StepList {
  std::vector<int64_t> words;
  std::vector<size_t> starts;  // of each step's header

  template <class S>
  void add(qv::Op op, const S& step, int64_t group = -1, int64_t block_rows = 0) {
    const int64_t count = sizeof(S) / sizeof(int64_t);
    starts.push_back(words.size());
    words.insert(words.end(), {op, group, block_rows, count});
    words.resize(words.size() + static_cast<size_t>(count));
    memcpy(&words[words.size() - static_cast<size_t>(count)], &step, sizeof(S));
  }
};

// Hands out places one after the other, aligned to cache lines.
struct Layout {
  int64_t used = 0;

  qv::Place take(int64_t bytes) {
    const int64_t at = used;
    used += (bytes + 63) / 64 * 64;
    return at;
  }
  qv::Place take_local(int64_t bytes) { return ~take(bytes); }
};
