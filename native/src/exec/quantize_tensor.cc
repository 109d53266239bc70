// Quantizes a whole tensor to bytes with one scale, in group-major rows with padding, as the input of convolutions.
#include <string.h>

#include "exec/context.h"

namespace qv {

void quantize_tensor_range(const QuantizeTensorStep& s, const Context& c, float* low, float* high) {
  const int64_t end = share_begin(s.rows, c.thread + 1, c.threads);
  for (int64_t r = share_begin(s.rows, c.thread, c.threads); r < end; r++) {
    c.rows().range(c.at<const float>(s.in, r, s.in_ld * 4), s.groups * s.channels, low, high);
  }
}

void quantize_tensor_store(const QuantizeTensorStep& s, const Context& c, RowQuant quant) {
  const int64_t padded = s.pad_left + s.rows + s.pad_right;
  auto* out = c.at<uint8_t>(s.out);
  const int64_t begin = share_begin(padded, c.thread, c.threads), end = share_begin(padded, c.thread + 1, c.threads);
  for (int64_t at = begin; at < end; at++) {
    const int64_t r = at - s.pad_left;
    for (int64_t g = 0; g < s.groups; g++) {
      uint8_t* to = out + (g * padded + at) * s.channels;
      if (r < 0 || r >= s.rows) {
        memset(to, quant.zero, static_cast<size_t>(s.channels));
      } else {
        c.rows().quantize(c.at<const float>(s.in, r, s.in_ld * 4) + g * s.channels, s.channels, quant, to);
      }
    }
  }
}

}  // namespace qv
