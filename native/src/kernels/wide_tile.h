// Register tiles of R rows x two vectors: R * 2 accumulators, two vectors of weights, one of broadcast activations. A step
// takes one word of 4 bytes of each row. A Unit says what its tier does with them:
//   Vector; Out: what a lane of an accumulator holds; kRows; kLanes; kWeightBytes: of a step, one vector's part
//   load(weights), broadcast(word), add(accumulator, activations, weights), store(accumulators, vector), fetch(weights)
// All is in an unnamed namespace: the linker must not put one tier's code in the place of another's.
#pragma once

#include <stdint.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace {

template <class Unit, int R>
void tile_rows(int steps, const char* a, const char* b, typename Unit::Out* acc) {
  typename Unit::Vector left[R], right[R];
#pragma GCC unroll 16
  for (int r = 0; r < R; r++) left[r] = right[r] = Unit::zero();
  for (int s = 0; s < steps; s++) {
    const auto b0 = Unit::load(b), b1 = Unit::load(b + Unit::kWeightBytes);
    Unit::fetch(b);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      const auto x = Unit::broadcast(a + 4 * r);
      left[r] = Unit::add(left[r], x, b0);
      right[r] = Unit::add(right[r], x, b1);
    }
    a += 4 * R;
    b += 2 * Unit::kWeightBytes;
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; r++) {
    Unit::store(acc + 2 * r * Unit::kLanes, left[r]);
    Unit::store(acc + (2 * r + 1) * Unit::kLanes, right[r]);
  }
}

template <class Unit, int... R>
struct Heights {
  static void run(int rows, int steps, const void* a, const void* b, void* acc) {
    using Out = typename Unit::Out;
    static constexpr void (*kTiles[])(int, const char*, const char*, Out*) = {tile_rows<Unit, R>...};
    kTiles[rows - 1](steps, static_cast<const char*>(a), static_cast<const char*>(b), static_cast<Out*>(acc));
  }
};

// Lists the tiles of all heights from 1 to R.
template <class Unit, int R = Unit::kRows, int... Higher>
struct Tile : Tile<Unit, R - 1, R, Higher...> {};
template <class Unit, int... R>
struct Tile<Unit, 0, R...> : Heights<Unit, R...> {};

inline int32_t word_at(const char* at) {
  int32_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace
