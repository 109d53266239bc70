// The tile instructions of kernels/amx in C++, after Intel's description of them: what a CPU without them is tested with. Use
// of a tile that was not configured, or in another shape, ends the test.
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "dispatch/kernel_table.h"
#include "kernels/amx/qgemm.inc"

struct ModelledTile {
  int rows = 0, bytes = 0;
  char data[16][64] = {};
};

struct TileModel {
  using Tile = ModelledTile;
  static inline thread_local Tile tiles[8];
  static inline thread_local bool configured = false;

  static void need(bool condition, const char* what) {
    if (condition) return;
    fprintf(stderr, "tile model: %s\n", what);
    abort();
  }

  static void configure(int above, int below) {
    need(above >= 1 && above <= 16 && below >= 0 && below <= 16, "rows of a tile are not 0..16");
    const int rows[8] = {above, above, below, below, above, below, 16, 16};
    for (int t = 0; t < 8; t++) {
      tiles[t] = Tile();
      tiles[t].rows = rows[t];
      tiles[t].bytes = rows[t] > 0 ? 64 : 0;
    }
    configured = true;
  }

  static void release() { configured = false; }

  static Tile& tile(int t) {
    need(configured && tiles[t].rows > 0, "a tile is used that is not configured");
    return tiles[t];
  }

  template <int T>
  static void zero() {
    memset(tile(T).data, 0, sizeof tiles[T].data);
  }

  template <int T>
  static void load(const char* from, ptrdiff_t stride) {
    Tile& to = tile(T);
    memset(to.data, 0, sizeof to.data);
    for (int r = 0; r < to.rows; r++) memcpy(to.data[r], from + r * stride, static_cast<size_t>(to.bytes));
  }

  template <int T>
  static void store(char* to, ptrdiff_t stride) {
    const Tile& from = tile(T);
    for (int r = 0; r < from.rows; r++) memcpy(to + r * stride, from.data[r], static_cast<size_t>(from.bytes));
  }

  template <int Sum, int A, int B>
  static void multiply() {
    Tile& sum = tile(Sum);
    const Tile &a = tile(A), &b = tile(B);
    need(sum.rows == a.rows && a.bytes / 4 == b.rows && sum.bytes == b.bytes, "tiles of shapes that do not go together");
    for (int m = 0; m < sum.rows; m++) {
      for (int k = 0; k < a.bytes / 4; k++) {
        for (int n = 0; n < sum.bytes / 4; n++) add_four(sum.data[m] + 4 * n, a.data[m] + 4 * k, b.data[k] + 4 * n);
      }
    }
  }

  static void add_four(char* sum, const char* a, const char* b) {
    int32_t total;
    memcpy(&total, sum, 4);
    for (int i = 0; i < 4; i++) total += static_cast<uint8_t>(a[i]) * static_cast<int8_t>(b[i]);
    memcpy(sum, &total, 4);
  }
};
