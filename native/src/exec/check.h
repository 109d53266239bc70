// Checks of a step's fields against the memory that they reach. All arithmetic is done in 128 bits; the first failure is
// kept and the rest of the checks pass silently.
#pragma once

#include <stdarg.h>

#include "exec/program.h"

namespace qv {

class Check {
 public:
  Check(qv_program& program, int index, int64_t block_rows) : program_(program), index_(index), block_rows_(block_rows) {}

  qv_status status() const { return status_; }
  bool ok() const { return status_ == QV_OK; }

  // Rows of `width` elements of `size` bytes, `ld` elements apart, in the arena or (in groups) the block-local scratch.
  void rows(const char* what, Place place, int64_t rows, int64_t width, int64_t ld, int64_t size);

  // The same, and apart: what is written must not overlap itself.
  void out_rows(const char* what, Place place, int64_t rows, int64_t width, int64_t ld, int64_t size);

  // One value a row.
  void column(const char* what, Place place, int64_t rows) { this->rows(what, place, rows, 1, 1, 4); }

  // Elements [from, to] of a place in the arena or a slot, counted from the place.
  void span(const char* what, Place place, __int128 from, __int128 to, int64_t size);

  // Floats at dims x strides.
  void view(const char* what, const View& view, const int64_t* dim, bool out);

  void between(const char* what, int64_t value, int64_t low, int64_t high);
  void finite(const char* what, double value);

  // An output or input quantization.
  void quant(const char* what, double scale, int64_t zero);

  // Float constants that the program gets a share of; 0 is allowed if optional.
  void floats(const char* what, int64_t address, __int128 count, bool optional);

  // Packed weights that the program gets a share of.
  void weights(int64_t handle, int64_t kind, int64_t k, int64_t n);
  bool weights_of_any_kind(int64_t handle, int64_t k, int64_t n);

  int64_t arena_floats() const { return program_.arena_bytes / 4; }
  int64_t arena_bytes() const { return program_.arena_bytes; }

  __attribute__((format(printf, 2, 3))) void fail(const char* format, ...);

 private:
  void local_rows(const char* what, Place place, int64_t width, int64_t ld, int64_t size);
  void hold(const void* object);

  qv_program& program_;
  int index_;
  int64_t block_rows_;
  qv_status status_ = QV_OK;
};

}  // namespace qv
