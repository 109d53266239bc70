#include "exec/check.h"

#include <math.h>
#include <stdio.h>

#include "memory/error.h"
#include "memory/handles.h"

namespace qv {
namespace {

constexpr int64_t kMostStride = INT64_C(1) << 40;  // multiplied by 4 and a row number, it stays far from overflow

long long wide(int64_t value) { return static_cast<long long>(value); }

}  // namespace

void Check::fail(const char* format, ...) {
  if (!ok()) return;
  char text[200];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  status_ = qv::fail(QV_INVALID_ARGUMENT, "step %d (%s): %s", index_, op_name(program_.steps[index_].header.op), text);
}

void Check::local_rows(const char* what, Place place, int64_t width, int64_t ld, int64_t size) {
  const bool grouped = program_.steps[index_].header.group >= 0;
  const int64_t offset = ~place;
  if (!grouped) return fail("%s is in block-local scratch, but the step is in no row group", what);
  const __int128 end = static_cast<__int128>(offset) + (static_cast<__int128>(block_rows_ - 1) * ld + width) * size;
  if (offset % size != 0 || end > program_.scratch_bytes) {
    fail("%s: %lld rows of %lld x %lld bytes, %lld apart, at %lld leave the scratch of %lld bytes", what,
         wide(block_rows_), wide(width), wide(size), wide(ld), wide(offset), wide(program_.scratch_bytes));
  }
}

void Check::rows(const char* what, Place place, int64_t rows, int64_t width, int64_t ld, int64_t size) {
  if (!ok()) return;
  if (place == NONE) return fail("%s is missing", what);
  if (width < 0 || ld < 0 || ld > kMostStride || rows < 0) {
    return fail("%s: %lld rows of %lld, %lld apart", what, wide(rows), wide(width), wide(ld));
  }
  if (place < 0) return local_rows(what, place, width, ld, size);
  if (rows == 0 || width == 0) return span(what, place, 0, -1, size);
  span(what, place, 0, static_cast<__int128>(rows - 1) * ld + width - 1, size);
}

void Check::out_rows(const char* what, Place place, int64_t rows, int64_t width, int64_t ld, int64_t size) {
  if (rows > 1 && ld < width) fail("%s: rows of %lld every %lld overlap", what, wide(width), wide(ld));
  this->rows(what, place, rows, width, ld, size);
}

void Check::span(const char* what, Place place, __int128 from, __int128 to, int64_t size) {
  if (!ok()) return;
  if (place == NONE) return fail("%s is missing", what);
  if (place < 0) return fail("%s cannot be in block-local scratch", what);
  if (place % size != 0) return fail("%s at %lld is not aligned to %lld bytes", what, wide(place), wide(size));
  const int64_t slot = place >> SLOT_SHIFT, offset = place & SLOT_OFFSET;
  if (slot > program_.slots) return fail("%s is in slot %lld of %d", what, wide(slot), program_.slots);
  if (offset + from * size < 0 || offset + (to + 1) * size > program_.slot_bytes[slot]) {
    fail("%s at %lld leaves %s %lld of %lld bytes", what, wide(offset), slot ? "slot" : "the arena,", wide(slot),
         wide(program_.slot_bytes[slot]));
  }
}

void Check::view(const char* what, const View& view, const int64_t* dim, bool out) {
  if (!ok()) return;
  __int128 from = 0, to = 0, count = 1;
  bool empty = false;
  for (int i = 0; i < MAX_RANK; i++) {
    if (dim[i] < 0 || dim[i] > program_.arena_bytes) return fail("dimension %d is %lld", i, wide(dim[i]));
    if (view.stride[i] < -kMostStride || view.stride[i] > kMostStride) {  // checked for empty views too, because pointers move by the stride
      return fail("%s: stride %lld of dimension %d", what, wide(view.stride[i]), i);
    }
    if (dim[i] == 0) empty = true;
    if (out && dim[i] > 1 && view.stride[i] == 0) return fail("%s: dimension %d is written over itself", what, i);
    const __int128 reach = static_cast<__int128>(dim[i] - 1) * view.stride[i];
    (reach < 0 ? from : to) += dim[i] > 0 ? reach : 0;
    count *= dim[i];
    if (out && count > arena_floats()) return fail("%s has more elements than the arena", what);
  }
  span(what, view.at, empty ? 0 : from, empty ? -1 : to, 4);
}

void Check::between(const char* what, int64_t value, int64_t low, int64_t high) {
  if (value < low || value > high) fail("%s is %lld, not %lld..%lld", what, wide(value), wide(low), wide(high));
}

void Check::finite(const char* what, double value) {
  if (!isfinite(static_cast<float>(value))) fail("%s is %g", what, value);
}

void Check::quant(const char* what, double scale, int64_t zero) {
  const auto narrow = static_cast<float>(scale);
  if (!(narrow > 0) || !isfinite(narrow) || !isfinite(1.0f / narrow)) fail("%s scale is %g", what, scale);
  between(what, zero, 0, 255);
}

void Check::hold(const void* object) { program_.held[program_.held_count++] = object; }

void Check::floats(const char* what, int64_t address, __int128 count, bool optional) {
  if (!ok() || (optional && address == 0)) return;
  if (count < 0 || count > INT64_MAX / 8) return fail("%s: too many floats", what);
  const void* block = retain_floats(reinterpret_cast<const void*>(address), static_cast<int64_t>(count));
  if (!block) return fail("%s: no block of constants holds %lld floats there", what, wide(static_cast<int64_t>(count)));
  hold(block);
}

void Check::weights(int64_t handle, int64_t kind, int64_t k, int64_t n) {
  if (!ok()) return;
  const auto* object = reinterpret_cast<const void*>(handle);
  if (!retain_handle(object, static_cast<HandleKind>(kind))) return fail("no weights of kind %lld there", wide(kind));
  hold(object);
  int64_t has_k = 0, has_n = 0;
  weights_shape(object, kind, &has_k, &has_n);
  if (has_k != k || has_n != n) {
    fail("weights [%lld, %lld], but the step wants [%lld, %lld]", wide(has_n), wide(has_k), wide(n), wide(k));
  }
}

bool Check::weights_of_any_kind(int64_t handle, int64_t k, int64_t n) {
  HandleKind kind;
  if (!ok() || !handle_kind(reinterpret_cast<const void*>(handle), &kind) || kind == HandleKind::kFloats) {
    fail("no weights there");
    return false;
  }
  weights(handle, static_cast<int64_t>(kind), k, n);
  return ok();
}

}  // namespace qv
