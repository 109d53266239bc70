// The specification of unpack: one code after the other, see kernel_table.h.
#include "dispatch/kernel_table.h"

namespace qv_scalar {
namespace {

// The planes of one chunk, NULL where the width has none.
struct Planes {
  const uint8_t *fours, *twos, *ones;
  int low;  // bits in fours and twos
  Planes(const uint8_t* chunk, int bits)
      : fours(bits & 4 ? chunk : nullptr), twos(bits & 2 ? chunk + (bits & 4) * 32 : nullptr),
        ones(bits & 1 ? chunk + (bits & 6) * 32 : nullptr), low(bits & 6) {}

  int code(int i) const {
    const int field = i / 64, byte = i % 64;
    int code = 0;
    if (fours) code = fours[64 * (field / 2) + byte] >> 4 * (field % 2) & 15;
    if (twos) code |= (twos[byte] >> 2 * field & 3) << (fours ? 4 : 0);
    if (ones) code |= (ones[i / 8] >> i % 8 & 1) << low;
    return code;
  }
};

}  // namespace

void unpack(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights) {
  const int half = 1 << (bits - 1);
  for (size_t c = 0; c < chunks; c++) {
    const Planes planes(packed + c * static_cast<size_t>(32 * bits), bits);
    for (int i = 0; i < qv::kChunk; i++) {
      const int code = planes.code(i);
      *weights++ = levels ? levels[code] : static_cast<int8_t>(code - half);
    }
  }
}

}  // namespace qv_scalar
