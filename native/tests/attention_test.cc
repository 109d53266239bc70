// Attention kernels against the definition in double, for each kernel that this CPU and the forced tiers have: every number
// of keys 1..130 and some beyond a block, depths 1..256, masks, bands and closed rows. All buffers end at a guard page.
#include "check.h"
#include "dispatch/cpu_features.h"
#include "dispatch/tier.h"
#include "exec/attention_choice.h"
#include "guarded.h"
#include "kernels/attention.h"
#include "random.h"

#include <float.h>
#include <math.h>

#include <vector>

namespace {

using namespace qv;

long cases = 0;

struct Case {
  int rows, keys, d;
  int mask;  // 0: none, 1: a row for all, 2: a row each
  qv_attention_band band;
};

constexpr qv_attention_band kOpen = {-1, -1, 0, 0};

void fill(Guarded<float>& to, const std::vector<float>& from) { memcpy(to.data(), from.data(), from.size() * sizeof(float)); }

// The inputs of a case, each ending at a guard page, with rows that lie further apart than they are long.
struct Inputs {
  const Case c;
  const int ld;
  Guarded<float> q, k, v, mask, out;

  Inputs(const Case& shape, Random& random, float size)
      : c(shape),
        ld(shape.d + 3),
        q(static_cast<size_t>((shape.rows - 1) * ld + shape.d)),
        k(static_cast<size_t>((shape.keys - 1) * ld + shape.d)),
        v(k.size()),
        mask(static_cast<size_t>((shape.mask == 2 ? shape.rows - 1 : 0) * (shape.keys + 2) + shape.keys)),
        out(q.size()) {
    fill(q, random.floats(q.size(), -size, size));
    fill(k, random.floats(k.size(), -size, size));
    fill(v, random.floats(v.size(), -2, 2));
    fill(mask, random.floats(mask.size(), -3, 3));
    for (size_t i = 0; i < mask.size(); i++) {
      if (i % 3 == 1) mask[i] = i % 2 ? -INFINITY : -1e4f;
    }
    if (shape.mask == 2 && shape.rows > 1) {  // a row without keys
      for (int j = 0; j < shape.keys; j++) mask[static_cast<size_t>(shape.keys + 2 + j)] = -INFINITY;
    }
    for (int j = 0; shape.mask == 2 && shape.rows > 2 && j < shape.keys; j++) {  // one with none but such as are hardly seen
      mask[static_cast<size_t>(2 * (shape.keys + 2) + j)] = j % 3 == 1 ? -INFINITY : -FLT_MAX;
    }
    for (size_t i = 0; i < out.size(); i++) out[i] = 12345;
  }

  float mask_at(int row, int key) {
    return c.mask == 0 ? 0 : mask[static_cast<size_t>((c.mask == 2 ? row * (c.keys + 2) : 0) + key)];
  }

  qv_attention_args args() {
    return {q.data(), k.data(), v.data(), ld, ld, ld, out.data(), ld, c.keys, c.d, static_cast<float>(1 / sqrt(c.d)),
            c.mask ? mask.data() : nullptr, c.mask == 2 ? c.keys + 2 : 0, c.band, nullptr, nullptr};
  }
};

bool sees(const Case& c, int row, int key) {
  const int64_t at = row + c.band.shift;
  if (key < c.band.global || (at >= 0 && at < c.band.global)) return true;
  return (c.band.before < 0 || key >= at - c.band.before) && (c.band.after < 0 || key <= at + c.band.after);
}

std::vector<double> expected_row(Inputs& in, int row) {
  std::vector<double> score, want(static_cast<size_t>(in.c.d));
  double top = -INFINITY, sum = 0;
  for (int j = 0; j < in.c.keys; j++) {
    double dot = 0;
    for (int i = 0; i < in.c.d; i++) {
      dot += static_cast<double>(in.q[static_cast<size_t>(row * in.ld + i)]) * in.k[static_cast<size_t>(j * in.ld + i)];
    }
    score.push_back(sees(in.c, row, j) ? dot / sqrt(in.c.d) + in.mask_at(row, j) : -INFINITY);
    top = fmax(top, score.back());
  }
  for (int j = 0; j < in.c.keys && top > -INFINITY; j++) {
    const double p = exp(score[static_cast<size_t>(j)] - top);
    sum += p;
    for (int i = 0; i < in.c.d; i++) want[static_cast<size_t>(i)] += p * in.v[static_cast<size_t>(j * in.ld + i)];
  }
  for (double& w : want) w /= sum > 0 ? sum : 1;
  return want;
}

// Packs and runs in memory of exactly the size that the kernel asks for; rows in blocks as uneven as may be.
void run(const qv_attention_kernel& kernel, Inputs& in, int first_block) {
  Guarded<char> packed(kernel.packed_bytes(in.c.keys, in.c.d)), scratch(kernel.scratch_bytes(in.c.keys, in.c.d));
  qv_attention_args args = in.args();
  args.packed = packed.data();
  args.scratch = scratch.data();
  if (kernel.pack_if_exact) {
    CHECK(kernel.pack_if_exact(&args, in.c.rows), "the kernel of bytes refuses this head");
  }
  const int64_t step = kernel.pack_keys(in.c.keys);
  for (int64_t key = (in.c.keys - 1) / step * step; key >= 0 && kernel.pack; key -= step) {  // in any order
    kernel.pack(&args, key, key + step < in.c.keys ? key + step : in.c.keys);
  }
  for (int64_t row = 0, end; row < in.c.rows; row = end) {
    end = row == 0 ? first_block : row + kernel.block_rows;
    if (end > in.c.rows) end = in.c.rows;
    kernel.rows(&args, row, end);
  }
}

void test(const qv_attention_kernel& kernel, const Case& c, double tolerance, Random& random) {
  if (!kernel.takes(c.keys, c.d)) return;
  SUBJECT("%s: rows %d keys %d d %d mask %d band %d %d %d %d", kernel.name, c.rows, c.keys, c.d, c.mask,
          static_cast<int>(c.band.before), static_cast<int>(c.band.after), static_cast<int>(c.band.shift),
          static_cast<int>(c.band.global));
  cases++;
  Inputs in(c, random, 2);
  run(kernel, in, 1 + random.below(static_cast<int>(kernel.block_rows)));
  const std::vector<float> once(in.out.data(), in.out.data() + in.out.size());
  for (int r = 0; r < c.rows; r++) {
    const std::vector<double> want = expected_row(in, r);
    for (int i = 0; i < c.d; i++) {
      const double got = in.out[static_cast<size_t>(r * in.ld + i)];
      CHECK(fabs(got - want[static_cast<size_t>(i)]) <= tolerance, "row %d, column %d: %g, not %g", r, i, got,
            want[static_cast<size_t>(i)]);
    }
    for (int i = c.d; i < in.ld && r < c.rows - 1; i++) {
      CHECK(in.out[static_cast<size_t>(r * in.ld + i)] == 12345, "row %d: wrote behind its end", r);
    }
  }
  run(kernel, in, static_cast<int>(kernel.block_rows));
  CHECK(memcmp(once.data(), in.out.data(), once.size() * sizeof(float)) == 0, "other blocks of rows give other bits");
}

qv_attention_band random_band(Random& random, const Case& c) {
  qv_attention_band band = {random.below(3) ? random.below(c.keys + 2) : -1, random.below(3) ? random.below(c.keys + 2) : -1,
                            random.below(2) ? c.keys - c.rows : 0, random.below(3) ? 0 : random.below(c.keys + 1)};
  if (random.below(4) == 0) band = {-1, 0, random.below(2) ? c.keys - c.rows : 0, 0};  // causal
  return band;
}

void test_kernel(const qv_attention_kernel& kernel, double tolerance) {
  Random random(11);
  for (int keys = 1; keys <= 130; keys++) {
    for (const int d : {8, 64, 1 + random.below(256)}) {
      Case c = {1 + random.below(14), keys, d, random.below(3), kOpen};
      if (random.below(2)) c.band = random_band(random, c);
      test(kernel, c, tolerance, random);
    }
  }
  for (int d = 1; d <= 256; d++) test(kernel, {1 + random.below(9), 1 + random.below(40), d, random.below(3), kOpen}, tolerance, random);
  for (const int keys : {255, 256, 257, 391, 700}) {
    for (int mask = 0; mask <= 2; mask++) {
      Case c = {50, keys, 48, mask, kOpen};
      test(kernel, c, tolerance, random);
      c.band = random_band(random, c);
      test(kernel, c, tolerance, random);
      c.band = {20, 9, 0, random.below(4)};
      test(kernel, c, tolerance, random);
    }
  }
}

// What is no number stays one, and touches no other row.
void test_unusual(const qv_attention_kernel& kernel) {
  Random random(3);
  Inputs in({5, 300, 16, 0, kOpen}, random, 2);
  SUBJECT("%s with a NaN, an infinite and a huge query", kernel.name);
  for (int i = 0; i < 16; i++) {
    in.q[static_cast<size_t>(in.ld + i)] = NAN;
    in.q[static_cast<size_t>(3 * in.ld + i)] = 1e4f * static_cast<float>(i - 7);
  }
  run(kernel, in, 5);
  cases++;
  for (int r = 0; r < 5; r++) {
    const std::vector<double> want = expected_row(in, r);
    for (int i = 0; i < 16; i++) {
      const float got = in.out[static_cast<size_t>(r * in.ld + i)];
      if (r == 1) CHECK(got != got, "row 1: %g, not NaN", static_cast<double>(got));
      else CHECK(fabs(static_cast<double>(got) - want[static_cast<size_t>(i)]) <= 4e-2, "row %d, column %d: %g, not %g", r, i, static_cast<double>(got), want[static_cast<size_t>(i)]);
    }
  }
}

// Bytes are exact sums, so every tier that has them must give the bits of the scalar twin, and be near the definition.
void test_bytes(const qv_attention_kernel& kernel) {
  Random random(17);
  for (int i = 0; i < 400; i++) {
    Case c = {1 + random.below(20), i < 300 ? 1 + random.below(130) : 1 + random.below(700), 1 + random.below(i % 2 ? 256 : 64), random.below(3), kOpen};
    if (random.below(2)) c.band = random_band(random, c);
    SUBJECT("%s: rows %d keys %d d %d mask %d band %d %d %d %d, case %d", kernel.name, c.rows, c.keys, c.d, c.mask,
            static_cast<int>(c.band.before), static_cast<int>(c.band.after), static_cast<int>(c.band.shift),
            static_cast<int>(c.band.global), i);
    cases++;
    Inputs in(c, random, 2);
    run(qv_attention_int8_scalar, in, 1);
    const std::vector<float> twin(in.out.data(), in.out.data() + in.out.size());
    run(kernel, in, 1 + random.below(static_cast<int>(kernel.block_rows)));
    for (size_t at = 0; at < twin.size(); at++) {
      CHECK(memcmp(&twin[at], &in.out[at], 4) == 0, "value %zu: %.9g, the twin's is %.9g", at, static_cast<double>(in.out[at]), static_cast<double>(twin[at]));
    }
  }
}

// Just inside the rule for bytes the output still points where the definition does.
void test_at_the_limit(const qv_attention_kernel& kernel) {
  Random random(23);
  constexpr int rows = 40, keys = 400, d = 64;
  Inputs in({rows, keys, d, 0, kOpen}, random, 1);
  float tops[2] = {};
  Guarded<float>* const both[] = {&in.q, &in.k};
  for (int i = 0; i < 2; i++) {
    for (size_t at = 0; at < both[i]->size(); at++) {  // nearly of normal distribution
      float sum = 0;
      for (int j = 0; j < 12; j++) sum += random.uniform(-0.5f, 0.5f);
      (*both[i])[at] = sum;
      tops[i] = fmaxf(tops[i], fabsf(sum));
    }
  }
  const float by = 0.97f * QV_INT8_SPREAD / qv_int8_spread(d, in.args().scale, tops[0], tops[1]);
  for (size_t at = 0; at < in.q.size(); at++) in.q[at] *= by;
  SUBJECT("%s at the limit of its rule", kernel.name);
  run(kernel, in, 30);
  double dot = 0, own = 0, other = 0;
  for (int r = 0; r < rows; r++) {
    const std::vector<double> want = expected_row(in, r);
    for (int i = 0; i < d; i++) {
      const double got = in.out[static_cast<size_t>(r * in.ld + i)];
      dot += got * want[static_cast<size_t>(i)];
      own += got * got;
      other += want[static_cast<size_t>(i)] * want[static_cast<size_t>(i)];
    }
  }
  cases++;
  const double cosine = dot / sqrt(own * other);
  printf("%s: cosine %.6f at the limit\n", kernel.name, cosine);
  CHECK(cosine >= 0.999, "cosine %.6f", cosine);
}

// A head whose scores bytes cannot tell apart, or that holds what is no number, is left to another kernel.
void test_refusals(const qv_attention_kernel& kernel) {
  Random random(5);
  for (int kind = 0; kind < 5; kind++) {
    SUBJECT("%s refuses head %d", kernel.name, kind);
    Inputs in({4, 60, 32, 0, kOpen}, random, kind == 0 ? 50 : 1);
    if (kind == 1) in.q[40] = NAN;
    if (kind == 2) in.k[40] = INFINITY;
    if (kind == 3) in.v[40] = NAN;
    Guarded<char> packed(kernel.packed_bytes(60, 32)), scratch(kernel.scratch_bytes(60, 32));
    qv_attention_args args = in.args();
    args.packed = packed.data();
    args.scratch = scratch.data();
    cases++;
    CHECK(kernel.pack_if_exact(&args, 4) == (kind == 4), "the answer is %d", kind != 4);
  }
}

// Of a mask, which no head is asked for: its row becomes NaN, and no other.
void test_bad_mask(const qv_attention_kernel& kernel) {
  Random random(9);
  SUBJECT("%s with a NaN and an infinite mask", kernel.name);
  Inputs in({4, 300, 24, 2, kOpen}, random, 2);
  in.mask[2 * 302 + 7] = NAN;
  in.mask[3 * 302 + 290] = INFINITY;
  run(kernel, in, 4);
  cases++;
  for (int r = 0; r < 4; r++) {
    const float got = in.out[static_cast<size_t>(r * in.ld + 5)];
    CHECK((got != got) == (r >= 2), "row %d: %g", r, static_cast<double>(got));
  }
}

bool chosen(const qv_attention_kernel* kernel, const std::vector<const qv_attention_kernel*>& seen) {
  for (const auto* k : seen) {
    if (k == kernel) return true;
  }
  return false;
}

}  // namespace

int main() {
  REPRODUCE("attention_test");
  std::vector<const qv_attention_kernel*> seen;
  for (int t = 0; t < supported_tiers().count; t++) {
    const qv_attention_kernel* bytes = supported_tiers().tables[t].attention_int8;
    if (bytes && !chosen(bytes, seen)) {
      seen.push_back(bytes);
      test_kernel(*bytes, 6e-2);
      test_bytes(*bytes);
      test_refusals(*bytes);
      test_bad_mask(*bytes);
      test_at_the_limit(*bytes);
    }
    for (const bool exact : {true, false}) {
      const qv_attention_kernel& kernel = attention_kernel(supported_tiers().tables[t], 64, 64, exact);
      if (chosen(&kernel, seen)) continue;
      seen.push_back(&kernel);
      test_kernel(kernel, exact ? 2e-5 : 2e-2);
      test_unusual(kernel);
      test_bad_mask(kernel);
    }
  }
  test_kernel(qv_attention_int8_scalar, 6e-2);
  test_refusals(qv_attention_int8_scalar);
  test_bad_mask(qv_attention_int8_scalar);
  return check::report("attention_test", cases);
}
