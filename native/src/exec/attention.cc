// Whole attention, in rounds of as many heads as fit the memory for packed keys and values. In each round the threads pack
// the heads' blocks of keys together, then share their blocks of query rows. The cut into blocks is that of the shape and
// never that of the threads, so that any number of them gives the same bits.
#include "kernels/attention.h"

#include "exec/attention_choice.h"
#include "exec/context.h"

namespace qv {
namespace {

constexpr int64_t kPackedBytes = INT64_C(16) << 20;  // of a round; one head may take more
constexpr int64_t kUnits = 32;      // pieces of work that a step is cut into, if it can be, so that threads get even shares
constexpr int64_t kFewestRows = 12;  // of such a piece: a register tile

int64_t blocks_of(const AttentionStep& s, const qv_attention_kernel& kernel) {
  const int64_t fewest = (s.rows + kernel.block_rows - 1) / kernel.block_rows;
  const int64_t most = (s.rows + kFewestRows - 1) / kFewestRows;
  const int64_t wanted = (kUnits + s.heads - 1) / s.heads;
  if (wanted <= fewest) return fewest;
  return wanted < most ? wanted : most;
}

size_t head_bytes(const AttentionStep& s, const qv_attention_kernel& kernel) {
  return line_up(kernel.packed_bytes(s.keys, s.d));
}

qv_attention_args args_of(const AttentionStep& s, const Context& c, const qv_attention_kernel& kernel, int64_t head) {
  qv_attention_args args = {};
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
  args.packed = c.shared + static_cast<size_t>(head % attention_heads(*c.program.table, s)) * head_bytes(s, kernel);
  args.scratch = c.workspace;
  return args;
}

}  // namespace

const qv_attention_kernel& attention_kernel(const KernelTable& table, int64_t keys, int64_t d, bool exact) {
  if (!exact && table.attention_bf16 && table.attention_bf16->takes(keys, d)) return *table.attention_bf16;
  return table.attention->takes(keys, d) ? *table.attention : qv_attention_scalar;
}

size_t attention_workspace(const KernelTable& table, const AttentionStep& s) {
  return line_up(attention_kernel(table, s.keys, s.d, s.exact != 0).scratch_bytes(s.keys, s.d));
}

int64_t attention_heads(const KernelTable& table, const AttentionStep& s) {
  const auto bytes = static_cast<int64_t>(head_bytes(s, attention_kernel(table, s.keys, s.d, s.exact != 0)));
  if (bytes * s.heads <= kPackedBytes) return s.heads;
  return bytes < kPackedBytes ? kPackedBytes / bytes : 1;
}

size_t attention_shared(const KernelTable& table, const AttentionStep& s) {
  const qv_attention_kernel& kernel = attention_kernel(table, s.keys, s.d, s.exact != 0);
  return static_cast<size_t>(attention_heads(table, s)) * head_bytes(s, kernel);
}

void attention_pack(const AttentionStep& s, const Context& c, int64_t head0, int64_t head1) {
  if (s.rows == 0) return;
  const qv_attention_kernel& kernel = attention_kernel(*c.program.table, s.keys, s.d, s.exact != 0);
  const int64_t step = kernel.pack_keys(s.keys), blocks = (s.keys + step - 1) / step;
  const int64_t begin = share_begin((head1 - head0) * blocks, c.thread, c.threads);
  const int64_t end = share_begin((head1 - head0) * blocks, c.thread + 1, c.threads);
  for (int64_t at = begin; at < end; at++) {
    const qv_attention_args args = args_of(s, c, kernel, head0 + at / blocks);
    const int64_t key = at % blocks * step;
    kernel.pack(&args, key, key + step < s.keys ? key + step : s.keys);
  }
}

void attention(const AttentionStep& s, const Context& c, int64_t head0, int64_t head1) {
  if (s.rows == 0) return;
  const qv_attention_kernel& kernel = attention_kernel(*c.program.table, s.keys, s.d, s.exact != 0);
  const int64_t blocks = blocks_of(s, kernel);
  const int64_t begin = share_begin((head1 - head0) * blocks, c.thread, c.threads);
  const int64_t end = share_begin((head1 - head0) * blocks, c.thread + 1, c.threads);
  for (int64_t at = begin; at < end; at++) {
    const qv_attention_args args = args_of(s, c, kernel, head0 + at / blocks);
    const auto block = static_cast<int>(at % blocks);
    kernel.rows(&args, share_begin(s.rows, block, static_cast<int>(blocks)),
                share_begin(s.rows, block + 1, static_cast<int>(blocks)));
  }
}

}  // namespace qv
