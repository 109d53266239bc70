// Whole attention: each thread takes its share of (head, block of query rows), packs the keys and values of a head when
// it comes to it, and works in its own memory. Where a head is shared, each of its threads packs it: cheaper than a barrier.
#include "kernels/attention.h"

#include "dispatch/cpu_features.h"
#include "exec/attention_choice.h"
#include "exec/context.h"

namespace qv {
namespace {

constexpr int64_t kBlock = 24;  // query rows that the kernels take at a time

}  // namespace

const qv_attention_kernel& attention_kernel(const KernelTable& table, int64_t keys, int64_t d, bool exact) {
#if defined(__x86_64__)
  const bool bf16 = !exact && table.tier >= QV_TIER_AVX512VNNI && cpu_features().avx512bf16;
  if (bf16 && qv_attention_avx512bf16.takes(keys, d)) {
    return qv_attention_avx512bf16;
  }
  if (table.tier >= QV_TIER_AVX2 && qv_attention_avx2.takes(keys, d)) return qv_attention_avx2;
#elif defined(__aarch64__)
  (void)exact;  // float anyway
  if (table.tier >= QV_TIER_NEON && qv_attention_neon.takes(keys, d)) return qv_attention_neon;
#else
  (void)table;
  (void)exact;
#endif
  return qv_attention_scalar;
}

size_t attention_workspace(const KernelTable& table, const AttentionStep& s) {
  const qv_attention_kernel& kernel = attention_kernel(table, s.keys, s.d, s.exact != 0);
  return line_up(kernel.packed_bytes(s.keys, s.d)) + line_up(kernel.scratch_bytes(s.keys, s.d));
}

void attention(const AttentionStep& s, const Context& c) {
  if (s.rows == 0) return;
  const qv_attention_kernel& kernel = attention_kernel(*c.program.table, s.keys, s.d, s.exact != 0);
  qv_attention_args args = {};
  args.q_ld = s.q_ld;
  args.k_ld = s.k_ld;
  args.v_ld = s.v_ld;
  args.out_ld = s.out_ld;
  args.keys = s.keys;
  args.d = s.d;
  args.scale = static_cast<float>(s.scale);
  args.mask = c.optional<const float>(s.mask);
  args.mask_ld = s.mask_ld;
  args.packed = c.workspace;
  args.scratch = c.workspace + line_up(kernel.packed_bytes(s.keys, s.d));
  const int64_t blocks = (s.rows + kBlock - 1) / kBlock;
  const int64_t begin = share_begin(s.heads * blocks, c.thread, c.threads);
  const int64_t end = share_begin(s.heads * blocks, c.thread + 1, c.threads);
  for (int64_t at = begin; at < end;) {
    const int64_t head = at / blocks, block = at % blocks;
    const int64_t last = end - head * blocks < blocks ? end - head * blocks : blocks;
    args.q = c.at<const float>(s.q) + head * s.q_head;
    args.k = c.at<const float>(s.k) + head * s.k_head;
    args.v = c.at<const float>(s.v) + head * s.v_head;
    args.out = c.at<float>(s.out) + head * s.out_head;
    kernel.pack(&args);
    kernel.rows(&args, block * kBlock, last * kBlock < s.rows ? last * kBlock : s.rows);
    at += last - block;
  }
}

}  // namespace qv
