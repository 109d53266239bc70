// Programs as bytes that mean the same in every process: the addresses of weights and constants become tokens.
#pragma once

#include "everything.h"

namespace fuzz {

constexpr int64_t kTokens = 0x7153000000000000;
constexpr int64_t kConstants = kTokens + 3;  // and the offset in bytes

inline void to_addresses(const Everything& all, std::vector<int64_t>& words) {
  const int64_t weights[] = {all.w.handle(), all.lstm.handle(), all.gru.handle()};
  for (int64_t& word : words) {
    if (word >= kTokens && word < kConstants) word = weights[word - kTokens];
    else if (word >= kConstants && word < kConstants + (1 << 16)) word = all.constants.address() + word - kConstants;
  }
}

inline void to_tokens(const Everything& all, std::vector<int64_t>& words) {
  const uint64_t bytes = all.constants.values.size() * sizeof(float);
  for (int64_t& word : words) {
    const uint64_t offset = static_cast<uint64_t>(word) - static_cast<uint64_t>(all.constants.address());  // may wrap
    if (word == all.w.handle()) word = kTokens;
    else if (word == all.lstm.handle()) word = kTokens + 1;
    else if (word == all.gru.handle()) word = kTokens + 2;
    else if (offset < bytes) word = kConstants + static_cast<int64_t>(offset);
  }
}

}  // namespace fuzz
