// Inputs that the checks of a tier share: numbers that are the same on every machine, and memory for them.
#pragma once

#include <stdint.h>
#include <string.h>

#include "dispatch/kernel_table.h"
#include "memory/error.h"
#include "memory/memory.h"

namespace qv {

// One block of memory, of which buffers are cut. Each check starts with an empty block by begin().
class Inputs {
 public:
  Inputs() : memory_(static_cast<char*>(allocate(kBytes))) {}
  ~Inputs() { release(memory_); }
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;

  bool ready() const { return memory_ != nullptr; }

  void begin(uint32_t seed) {
    memset(memory_, 0, used_);
    used_ = 0;
    state_ = seed * 2654435761u + 1;
  }

  // Returns zeros, aligned to a cache line. The sizes of all checks are constants, far below that of the block.
  template <class T>
  T* take(int64_t count) {
    auto* at = reinterpret_cast<T*>(memory_ + used_);
    used_ += round_up(static_cast<size_t>(count) * sizeof(T) + kPackSlack, kAlignment);
    if (used_ > kBytes) __builtin_trap();
    return at;
  }

  uint32_t next() {  // xorshift
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    return state_ ^= state_ << 5;
  }

  float* floats(int64_t count, float low, float high) {
    auto* values = take<float>(count);
    for (int64_t i = 0; i < count; i++) values[i] = low + (high - low) * static_cast<float>(next() >> 8) / 16777216.0f;
    return values;
  }

  // Returns random values, every fourth of which is at an end of the range, where saturation would show.
  template <class T>
  T* bytes(int64_t count, int low, int high) {
    auto* values = take<T>(count);
    for (int64_t i = 0; i < count; i++) {
      const uint32_t x = next() >> 8;
      values[i] = static_cast<T>(x % 4 == 0 ? (x & 4 ? low : high) : low + static_cast<int>(x % static_cast<uint32_t>(high - low + 1)));
    }
    return values;
  }

 private:
  static constexpr size_t kBytes = size_t{1} << 20;
  char* memory_;
  size_t used_ = kBytes;  // so that the first begin() clears all of it
  uint32_t state_ = 1;
};

inline qv_status wrong(const KernelTable& table, const char* kernel, int64_t size) {
  return fail(QV_WRONG_RESULTS, "kernel %s of tier %s does not give on this CPU what its scalar twin gives (size %lld)", kernel,
              table.name, static_cast<long long>(size));
}

// The parts of a check. Each returns QV_OK, QV_WRONG_RESULTS or QV_OUT_OF_MEMORY.
qv_status check_products(const KernelTable& table, const KernelTable& scalar, Inputs& inputs);
qv_status check_rows(const KernelTable& table, const KernelTable& scalar, Inputs& inputs);
qv_status check_attention(const KernelTable& table, const KernelTable& scalar, Inputs& inputs);

}  // namespace qv
