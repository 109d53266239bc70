// One small encoder layer, planned in several ways: one step a stage, or row groups with blocks of any size and
// block-local scratch. All give the same bits, on 1 to 3 threads and on every tier.
#include "programs.h"

namespace {

using namespace qv;

constexpr int kModel = 48, kInner = 130, kHeads = 3;
long cases = 0;

struct Model {
  Weights in, out, up, down;
  Constants gamma, beta;
  Model(const KernelTable& table, Random& random)
      : in(table, random, 3 * kModel, kModel),
        out(table, random, kModel, kModel),
        up(table, random, kInner, kModel),
        down(table, random, kModel, kInner),
        gamma(random.floats(kModel, 0.5, 1.5)),
        beta(random.floats(kModel, -1, 1)) {}
};

// The layer's steps; local: block-local scratch wherever a value stays in its group.
struct Plan {
  const Model& model;
  int rows;
  bool grouped, local;
  int64_t block;
  bool with_attention;
  Layout arena, scratch;
  StepList steps;
  int64_t groups = 0;
  Place x = 0, qkv = 0, context = 0, bytes = 0;

  int64_t group() const { return grouped ? groups : -1; }

  Place between(int64_t row_bytes) {
    return grouped && local ? scratch.take_local(block * row_bytes) : arena.take(rows * row_bytes);
  }

  GemmStep gemm(const Weights& w) {
    GemmStep s = {};
    s.rows = rows;
    s.k = s.a_ld = w.k;
    s.n = s.out_ld = w.n;
    s.a_type = U8_ROWS;
    s.residual = NONE;
    s.mul = 1;
    s.weights = w.handle();
    return s;
  }

  void norm(GemmStep& to) {
    NormRowsStep s = {};
    s.rows = rows;
    s.n = s.in_ld = s.out_ld = kModel;
    s.in = x;
    s.gamma = model.gamma.address();
    s.beta = model.beta.address();
    s.eps = 1e-5;
    s.out_type = U8_ROWS;
    s.out = to.a = between(kModel);
    s.out_scales = to.a_scales = between(4);
    s.out_zeros = to.a_zeros = between(4);
    steps.add(OP_NORM_ROWS, s, group(), block);
  }

  void quantize(Place in, int64_t n, int64_t act, GemmStep& to) {
    QuantizeRowsStep s = {};
    s.rows = rows;
    s.n = s.in_ld = s.out_ld = n;
    s.in = in;
    s.act = act;
    s.out_type = U8_ROWS;
    s.out = to.a = between(n);
    s.out_scales = to.a_scales = between(4);
    s.out_zeros = to.a_zeros = between(4);
    steps.add(OP_QUANTIZE_ROWS, s, group(), block);
  }

  void attention() {
    AttentionStep s = {};
    s.pos = NONE;
    s.heads = kHeads;
    s.rows = s.keys = rows;
    s.d = s.q_head = s.k_head = s.v_head = s.out_head = kModel / kHeads;
    s.q = qkv;
    s.k = qkv + kModel * 4;
    s.v = qkv + 2 * kModel * 4;
    s.q_ld = s.k_ld = s.v_ld = 3 * kModel;
    s.scale = 0.25;
    s.mask = NONE;
    s.out = context;
    s.out_ld = kModel;
    steps.add(OP_ATTENTION, s);
  }

  void build() {
    x = arena.take(rows * kModel * 4);
    qkv = arena.take(rows * 3 * kModel * 4);
    context = arena.take(rows * kModel * 4);
    bytes = arena.take(rows * kInner);
    GemmStep in = gemm(model.in), out = gemm(model.out), up = gemm(model.up), down = gemm(model.down);
    norm(in);
    in.out = qkv;
    steps.add(OP_GEMM, in, group(), block);
    groups++;
    if (with_attention) attention();
    quantize(with_attention ? context : qkv, kModel, ACT_NONE, out);
    out.residual = out.out = x;
    out.residual_ld = kModel;
    steps.add(OP_GEMM, out, group(), block);
    norm(up);
    up.act = rows % 2 ? ACT_GELU : ACT_NONE;
    up.out = between(kInner * 4);
    steps.add(OP_GEMM, up, group(), block);
    quantize(up.out, kInner, rows % 2 ? ACT_NONE : ACT_GELU, down);
    down.residual = down.out = x;
    down.residual_ld = kModel;
    down.mul = 0.5;
    steps.add(OP_GEMM, down, group(), block);
    GemmStep last = up;  // bytes straight from the epilogue
    last.a = down.a;
    last.a_ld = kInner;
    last.a_scales = down.a_scales;
    last.a_zeros = down.a_zeros;
    last.out = bytes;
    last.out_type = U8;
    last.out_scale = 0.05;
    last.out_zero = 40;
    last.act = ACT_SILU;
    steps.add(OP_GEMM, last, group(), block);
  }
};

// What the layer leaves: x, qkv and the bytes.
std::vector<char> outcome(const KernelTable& table, const Model& model, int threads, int rows, bool grouped, bool local,
                          int64_t block, bool with_attention) {
  SUBJECT("layer on %s, %d threads, %d rows, grouped %d, local %d, blocks of %d", table.name, threads, rows, grouped, local,
          static_cast<int>(block));
  Plan plan = {model, rows, grouped, local, block, with_attention, {}, {}, {}, 0, 0, 0, 0, 0};
  plan.build();
  ::Memory memory(plan.arena.used);
  Random random(7);
  memory.put(plan.x, random.floats(static_cast<size_t>(rows * kModel), -3, 3));
  const qv_status status = run_steps(table, threads, plan.steps, plan.scratch.used, memory);
  CHECK(status == QV_OK, "status %d: %s", status, qv_last_error());
  const auto r = static_cast<size_t>(rows);
  std::vector<char> result(memory.at<char>(plan.x), memory.at<char>(plan.x) + r * kModel * 4);
  result.insert(result.end(), memory.at<char>(plan.qkv), memory.at<char>(plan.qkv) + r * 3 * kModel * 4);
  result.insert(result.end(), memory.at<char>(plan.bytes), memory.at<char>(plan.bytes) + r * kInner);
  return result;
}

void expect_same(const std::vector<char>& got, const std::vector<char>& want) {
  cases++;
  size_t at = 0;
  while (at < want.size() && got[at] == want[at]) at++;
  CHECK(at == want.size(), "byte %zu of %zu differs", at, want.size());
}

void test_rows(int rows) {
  std::vector<char> first;  // without attention: the same on every tier
  for (int t = 0; t < supported_tiers().count; t++) {
    const KernelTable& table = supported_tiers().tables[t];
    Random random(3);
    const Model model(table, random);
    const auto plain = outcome(table, model, 1, rows, false, false, 1, false);
    if (t == 0) first = plain;
    expect_same(plain, first);
    const auto attended = outcome(table, model, 1, rows, false, false, 1, true);
    for (int threads = 1; threads <= 3; threads++) {
      expect_same(outcome(table, model, threads, rows, false, false, 1, true), attended);
      for (const int64_t block : {1, 5, 33, 84}) {
        expect_same(outcome(table, model, threads, rows, true, false, block, false), first);
        expect_same(outcome(table, model, threads, rows, true, true, block, false), first);
        expect_same(outcome(table, model, threads, rows, true, true, block, true), attended);
      }
    }
  }
}

}  // namespace

int main() {
  REPRODUCE("exec_same_bits_test");
  for (const int rows : {1, 13, 57, 85, 170}) test_rows(rows);
  return check::report("exec_same_bits_test", cases);
}
