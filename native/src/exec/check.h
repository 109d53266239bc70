// Checks of a step's fields against the memory that they reach. All arithmetic is done in 128 bits. The first failure
// is kept; after it all checks pass silently.
#pragma once

#include <stdarg.h>

#include "exec/program.h"

namespace qv {

class Check {
 public:
  Check(qv_program& program, int index, int64_t block_rows) : program_(program), index_(index), block_rows_(block_rows) {}

  qv_status status() const { return status_; }
  bool ok() const { return status_ == QV_OK; }

  // Checks rows of `width` elements of `size` bytes, `ld` elements apart, in the arena or (in groups) the block-local
  // scratch.
  void rows(const char* what, Place place, int64_t rows, int64_t width, int64_t ld, int64_t size);

  // Checks rows of an output, which in addition must not overlap each other.
  void out_rows(const char* what, Place place, int64_t rows, int64_t width, int64_t ld, int64_t size);

  // Checks one value per row.
  void column(const char* what, Place place, int64_t rows) { this->rows(what, place, rows, 1, 1, 4); }

  // Checks elements [from, to] of a place in the arena or a slot, counted from the place.
  void span(const char* what, Place place, __int128 from, __int128 to, int64_t size);

  // Checks the floats of a view with these dimensions.
  void view(const char* what, const View& view, const int64_t* dim, bool out);

  void between(const char* what, int64_t value, int64_t low, int64_t high);
  void finite(const char* what, double value);

  // Checks the quantization of an input or output.
  void quant(const char* what, double scale, int64_t zero);

  // Checks float constants and takes a share of them for the program; 0 is allowed if optional.
  void floats(const char* what, int64_t address, __int128 count, bool optional);

  // Checks packed weights and takes a share of them for the program.
  void weights(int64_t handle, int64_t kind, int64_t k, int64_t n);
  bool weights_of_any_kind(int64_t handle, int64_t k, int64_t n);

  const KernelTable& table() const { return *program_.table; }
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
