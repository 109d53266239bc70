// Whole attention, in rounds of as many heads as fit the memory for packed keys and values. In each round the threads pack
// the heads' blocks of keys together, then share their blocks of query rows. The cut into blocks depends on the shape
// and never on the number of threads, so that the bits do not either.
#include "kernels/attention.h"

#include "exec/attention_choice.h"
#include "exec/context.h"
#include "exec/positions.h"

namespace qv {
namespace {

constexpr int64_t kPackedBytes = INT64_C(16) << 20;  // the most bytes of a round with several heads; one head may take more
constexpr int64_t kUnits = 32;      // pieces of work that a step is cut into, if it can be, so that threads get even shares
constexpr int64_t kFewestRows = 12;  // the fewest rows of a piece, those of a register tile
constexpr int64_t kBytesRows = 128;  // the fewest query rows for which it pays to find the scales of bytes

// The kernels of a step: its float or bfloat16 kernel, and the one of bytes, or NULL, which is tried first for each
// head.
struct Choice {
  const qv_attention_kernel& kernel;
  const qv_attention_kernel* bytes;
};

Choice choose(const KernelTable& table, const AttentionStep& s) {
  const qv_attention_kernel* bytes = table.attention_int8;
  const bool may = s.exact == 0 && bytes && s.rows >= kBytesRows && bytes->takes(s.keys, s.d);
  return {attention_kernel(table, s.keys, s.d, s.exact == 1), may ? bytes : nullptr};
}

int64_t blocks_of(const AttentionStep& s, const Choice& choice) {
  const int64_t fewest = (s.rows + choice.kernel.block_rows - 1) / choice.kernel.block_rows;
  const int64_t most = (s.rows + kFewestRows - 1) / kFewestRows;
  const int64_t wanted = (kUnits + s.heads - 1) / s.heads;
  if (wanted <= fewest) return fewest;
  return wanted < most ? wanted : most;
}

// The most query rows of a piece of work.
int64_t piece_rows(const AttentionStep& s, const Choice& choice) {
  const int64_t blocks = s.rows > 0 ? blocks_of(s, choice) : 1;
  return (s.rows + blocks - 1) / blocks;
}

// Bytes of scratch of the kernels.
size_t kernel_scratch(const AttentionStep& s, const Choice& choice) {
  const size_t own = choice.kernel.scratch_bytes(s.keys, s.d);
  const size_t bytes = choice.bytes ? choice.bytes->scratch_bytes(s.keys, s.d) : 0;
  return line_up(own > bytes ? own : bytes);
}

// Bytes of a head in shared memory: a cache line that says which kernel packed it, and the packed keys and values.
size_t head_bytes(const AttentionStep& s, const Choice& choice) {
  const size_t own = choice.kernel.packed_bytes(s.keys, s.d);
  const size_t bytes = choice.bytes ? choice.bytes->packed_bytes(s.keys, s.d) : 0;
  return kLine + line_up(own > bytes ? own : bytes);
}

struct Head {
  qv_attention_args args;
  const qv_attention_kernel** packed_by;
};

Head head_of(const AttentionStep& s, const Context& c, const Choice& choice, int64_t head) {
  Head result = {};
  qv_attention_args& args = result.args;
  args.q = c.at<const float>(s.q) + head * s.q_head;
  args.k = c.at<const float>(s.k) + head * s.k_head;
  args.v = c.at<const float>(s.v) + head * s.v_head;
  args.out = c.at<float>(s.out) + head * s.out_head;
  args.q_ld = s.q_ld;
  args.k_ld = s.k_ld;
  args.v_ld = s.v_ld;
  args.out_ld = s.out_ld;
  args.keys = s.keys;
  args.d = s.d;
  args.scale = static_cast<float>(s.scale);
  const auto* mask = c.optional<const float>(s.mask);
  args.mask = mask ? mask + head * s.mask_head : nullptr;
  args.mask_ld = s.mask_ld;
  args.band = {-1, -1, 0, 0};
  if (s.banded) args.band = {s.before, s.after, s.shift, s.global};
  char* place = c.shared + static_cast<size_t>(head % attention_heads(*c.program.table, s)) * head_bytes(s, choice);
  result.packed_by = reinterpret_cast<const qv_attention_kernel**>(place);
  args.packed = place + kLine;
  args.scratch = c.workspace;
  return result;
}

void pack(const qv_attention_kernel& kernel, const qv_attention_args& args, int64_t block0, int64_t block1) {
  const int64_t step = kernel.pack_keys(args.keys);
  for (int64_t block = block0; block < block1; block++) {
    const int64_t key = block * step;
    kernel.pack(&args, key, key + step < args.keys ? key + step : args.keys);
  }
}

}  // namespace

const qv_attention_kernel& attention_kernel(const KernelTable& table, int64_t keys, int64_t d, bool exact) {
  if (!exact && table.attention_bf16 && table.attention_bf16->takes(keys, d)) return *table.attention_bf16;
  return table.attention->takes(keys, d) ? *table.attention : qv_attention_scalar;
}

size_t attention_workspace(const KernelTable& table, const AttentionStep& s) {
  const Choice choice = choose(table, s);
  return kernel_scratch(s, choice) + (s.pos == NONE ? 0 : positions_workspace(table, s, piece_rows(s, choice)));
}

int64_t attention_heads(const KernelTable& table, const AttentionStep& s) {
  const auto bytes = static_cast<int64_t>(head_bytes(s, choose(table, s)));
  if (bytes * s.heads <= kPackedBytes) return s.heads;
  return bytes < kPackedBytes ? kPackedBytes / bytes : 1;
}

size_t attention_shared(const KernelTable& table, const AttentionStep& s) {
  return static_cast<size_t>(attention_heads(table, s)) * head_bytes(s, choose(table, s));
}

void attention_pack(const AttentionStep& s, const Context& c, int64_t head0, int64_t head1) {
  if (s.rows == 0) return;
  const Choice choice = choose(*c.program.table, s);
  const int64_t step = choice.kernel.pack_keys(s.keys), blocks = (s.keys + step - 1) / step;
  const int64_t pieces = choice.bytes ? 1 : blocks;  // the kernel of bytes has to see the whole head first
  const int64_t begin = share_begin((head1 - head0) * pieces, c.thread, c.threads);
  const int64_t end = share_begin((head1 - head0) * pieces, c.thread + 1, c.threads);
  for (int64_t at = begin; at < end; at++) {
    const Head head = head_of(s, c, choice, head0 + at / pieces);
    if (!choice.bytes) {
      pack(choice.kernel, head.args, at % pieces, at % pieces + 1);
    } else if (choice.bytes->pack_if_exact(&head.args, s.rows)) {
      *head.packed_by = choice.bytes;
    } else {
      pack(choice.kernel, head.args, 0, blocks);
      *head.packed_by = &choice.kernel;
    }
  }
}

void attention(const AttentionStep& s, const Context& c, int64_t head0, int64_t head1) {
  if (s.rows == 0) return;
  const Choice choice = choose(*c.program.table, s);
  const int64_t blocks = blocks_of(s, choice);
  const int64_t begin = share_begin((head1 - head0) * blocks, c.thread, c.threads);
  const int64_t end = share_begin((head1 - head0) * blocks, c.thread + 1, c.threads);
  for (int64_t at = begin; at < end; at++) {
    Head head = head_of(s, c, choice, head0 + at / blocks);
    const auto block = static_cast<int>(at % blocks);
    const qv_attention_kernel& kernel = choice.bytes ? **head.packed_by : choice.kernel;
    const int64_t row0 = share_begin(s.rows, block, static_cast<int>(blocks));
    const int64_t row1 = share_begin(s.rows, block + 1, static_cast<int>(blocks));
    if (s.pos == NONE) {
      kernel.rows(&head.args, row0, row1);
    } else {
      position_scores(s, c, head0 + at / blocks, row0, row1, c.workspace + kernel_scratch(s, choice), &head.args);
      kernel.rows(&head.args, 0, row1 - row0);
    }
  }
}

}  // namespace qv
