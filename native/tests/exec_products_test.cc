// Products, attention, recurrence and views of the executor against twins in plain loops.
#include <math.h>

#include "kernels/scalar/vector_math.h"
#include "programs.h"

namespace {

using namespace qv;

long cases = 0;

void expect_near(const float* got, const std::vector<double>& want, double absolute, double relative, const char* what) {
  cases++;
  for (size_t i = 0; i < want.size(); i++) {
    const double error = fabs(static_cast<double>(got[i]) - want[i]);
    if (!(error <= absolute + relative * fabs(want[i]))) {
      CHECK(false, "%s[%zu] is %.9g, not %.9g", what, i, got[i], want[i]);
      return;
    }
  }
}

void must_run(const KernelTable& table, int threads, const StepList& steps, Memory& memory) {
  const qv_status status = run_steps(table, threads, steps, 0, memory);
  CHECK(status == QV_OK, "status %d: %s", status, qv_last_error());
}

struct GemmCase {
  int m, k, n, lda;
  int64_t a_type, act, out_type;
  bool residual, scale_in_arena;
  double mul = 1;
};

GemmStep gemm_step(const GemmCase& g, int64_t weights, int a_bytes, Layout& at) {
  GemmStep s = {};
  s.rows = g.m;
  s.k = g.k;
  s.n = g.n;
  s.a = at.take(a_bytes);
  s.a_ld = g.lda;
  s.a_type = g.a_type;
  s.a_scale = 0.02;
  s.a_zero = 131;
  s.a_scales = s.a_zeros = s.residual = NONE;
  s.weights = weights;
  s.act = g.act;
  s.act_alpha = 0.1;
  s.mul = g.mul;
  s.out = at.take(g.m * (g.n + 5) * 4);
  s.out_ld = s.residual_ld = g.n + 5;
  s.out_type = g.out_type;
  s.out_scale = 0.5;
  s.out_zero = 60;
  if (g.residual) s.residual = g.out_type == F32 ? s.out : at.take(g.m * (g.n + 5) * 4);
  if (g.a_type == U8_ROWS || g.scale_in_arena) {
    s.a_scales = at.take(g.m * 4);
    s.a_zeros = at.take(g.m * 4);
  }
  return s;
}

double activated(int64_t act, double x) {
  switch (act) {
    case ACT_RELU: return x < 0 ? 0 : x;
    case ACT_GELU: return x * 0.5 * erfc(-x / sqrt(2.0));
    case ACT_LEAKY_RELU: return x < 0 ? x * static_cast<double>(0.1f) : x;
    case ACT_SILU: return x / (1 + exp(-x));
    default: return x;
  }
}

void test_gemm(const KernelTable& table, int threads, Random& random, const GemmCase& g) {
  SUBJECT("gemm on %s, %d threads, m %d k %d n %d lda %d types %d %d act %d residual %d mul %g", table.name, threads, g.m, g.k, g.n,
          g.lda, static_cast<int>(g.a_type), static_cast<int>(g.out_type), static_cast<int>(g.act), g.residual, g.mul);
  const Weights w(table, random, g.n, g.k);
  const int a_bytes = (g.m - 1) * g.lda + g.k;
  Layout at;
  const GemmStep s = gemm_step(g, w.handle(), a_bytes, at);
  ::Memory memory(at.used);
  for (int i = 0; i < a_bytes; i++) memory.at<uint8_t>(s.a)[i] = static_cast<uint8_t>(random.below(256));
  std::vector<float> residual(static_cast<size_t>(g.m * (g.n + 5)));
  if (g.residual) memory.put(s.residual, residual = random.floats(residual.size(), -2, 2));
  std::vector<float> scale(static_cast<size_t>(g.m), 0.02f);
  std::vector<int> zero(static_cast<size_t>(g.m), 131);
  for (int r = 0; s.a_scales != NONE && r < g.m; r++) {
    const bool own = r == 0 || g.a_type == U8_ROWS;
    scale[static_cast<size_t>(r)] = own ? random.uniform(0.01f, 0.05f) : scale[0];
    zero[static_cast<size_t>(r)] = own ? random.below(256) : zero[0];
    memory.at<float>(s.a_scales)[r] = scale[static_cast<size_t>(r)];
    memory.at<int32_t>(s.a_zeros)[r] = zero[static_cast<size_t>(r)];
  }
  std::vector<uint8_t> a(memory.at<uint8_t>(s.a), memory.at<uint8_t>(s.a) + a_bytes);
  StepList steps;
  steps.add(OP_GEMM, s);
  must_run(table, threads, steps, memory);
  for (int r = 0; r < g.m; r++) {
    std::vector<double> want;
    for (int c = 0; c < g.n; c++) {
      int64_t sum = 0;
      for (int i = 0; i < g.k; i++) {
        sum += (a[static_cast<size_t>(r * g.lda + i)] - zero[static_cast<size_t>(r)]) * w.values[static_cast<size_t>(c * g.k + i)];
      }
      const double x = static_cast<double>(sum) * scale[static_cast<size_t>(r)] * w.scale[static_cast<size_t>(c)] + w.bias[static_cast<size_t>(c)];
      want.push_back(activated(g.act, x) * g.mul + (g.residual ? residual[static_cast<size_t>(r * (g.n + 5) + c)] : 0));
    }
    if (g.out_type == F32) {
      expect_near(memory.at<float>(s.out) + r * (g.n + 5), want, 2e-5, 2e-5, "out");
    } else {
      std::vector<float> got;
      for (int c = 0; c < g.n; c++) {
        got.push_back(static_cast<float>((memory.at<uint8_t>(s.out)[r * (g.n + 5) + c] - 60) * 0.5));
        auto& x = want[static_cast<size_t>(c)];
        x = fmin(fmax(x, -60 * 0.5), 195 * 0.5);
      }
      expect_near(got.data(), want, 0.2501, 2e-5, "bytes");
    }
  }
}

// Float and bfloat16 weights on float rows that may overlap.
void test_float_gemm(const KernelTable& table, int threads, Random& random, int m, int k, int n, int lda, qv_precision precision) {
  SUBJECT("float gemm on %s, %d threads, m %d k %d n %d lda %d precision %d", table.name, threads, m, k, n, lda, precision);
  const auto values = random.floats(static_cast<size_t>(n * k), -1, 1), bias = random.floats(static_cast<size_t>(n), -1, 1);
  PackedMatrix* matrix = nullptr;
  if (create_float_matrix(table, {values.data(), n, k, k, 1, bias.data()}, precision, &matrix)) abort();
  const HandleKind kind = precision == QV_FLOAT32 ? HandleKind::kF32Matrix : HandleKind::kBf16Matrix;
  if (!add_handle(matrix, kind, static_cast<size_t>(matrix->bytes), release)) abort();
  const int floats = (m - 1) * lda + k;
  Layout at;
  GemmStep s = {m, k, n, at.take(floats * 4), lda, F32, 1, 0, NONE, NONE, reinterpret_cast<int64_t>(matrix),
                static_cast<int64_t>(kind), ACT_GELU, 0, 1, NONE, n, at.take(m * n * 4), n, F32, 1, 0};
  s.residual = m % 2 ? s.out : NONE;
  s.mul = m % 2 ? 0.5 : 1;
  ::Memory memory(at.used);
  const auto x = random.floats(static_cast<size_t>(floats), -1, 1), added = random.floats(static_cast<size_t>(m * n), -1, 1);
  memory.put(s.a, x);
  memory.put(s.out, added);
  StepList steps;
  steps.add(OP_GEMM, s);
  must_run(table, threads, steps, memory);
  std::vector<double> want;
  for (int r = 0; r < m; r++) {
    for (int c = 0; c < n; c++) {
      double sum = bias[static_cast<size_t>(c)];
      for (int i = 0; i < k; i++) sum += static_cast<double>(x[static_cast<size_t>(r * lda + i)]) * values[static_cast<size_t>(c * k + i)];
      sum *= 0.5 * erfc(-sum / sqrt(2.0));
      want.push_back(sum * s.mul + (m % 2 ? added[static_cast<size_t>(r * n + c)] : 0));
    }
  }
  expect_near(memory.at<float>(s.out), want, precision == QV_FLOAT32 ? 1e-4 : 0.06, 1e-5, "out");
  release_handle(matrix);
}

void test_gemms(const KernelTable& table, int threads, Random& random) {
  for (const int m : {1, 5, 14, 29, 90, 200}) {
    for (const int n : {1, 17, 64, 100}) {
      const int k = 1 + random.below(150);
      test_gemm(table, threads, random, {m, k, n, k, U8, ACT_NONE, F32, false, false});
      test_gemm(table, threads, random, {m, k, n, k / 2 + 1, U8, ACT_GELU, U8, false, true});
      test_gemm(table, threads, random, {m, k, n, k + 3, U8_ROWS, ACT_SILU, F32, true, false});
      test_gemm(table, threads, random, {m, k, n, k, U8_ROWS, ACT_LEAKY_RELU, U8, true, false, -2});
      test_gemm(table, threads, random, {m, k, n, k, U8, ACT_RELU, F32, true, false, 0.5});
      test_float_gemm(table, threads, random, m, k, n, k / 2 + 1, QV_FLOAT32);
      test_float_gemm(table, threads, random, m, k, n, k, QV_BFLOAT16);
    }
  }
}

enum class Mask { None, OfKeys, OfRows, OfHeads };

// Of keys: some closed or almost so. Of rows: row r sees the keys up to the r-th, but the last row sees none.
std::vector<float> attention_mask(Mask kind, int heads, int rows, int keys, int ld, Random& random) {
  if (kind == Mask::OfHeads) return random.floats(static_cast<size_t>((heads * rows - 1) * ld + keys), -4, 4);
  std::vector<float> mask(static_cast<size_t>((kind == Mask::OfRows ? rows - 1 : 0) * ld + keys));
  if (kind == Mask::OfKeys) {
    for (int j = 1; j < keys; j += 3) mask[static_cast<size_t>(j)] = j % 2 ? -INFINITY : -1e4f;
  }
  for (int r = 0; kind == Mask::OfRows && r < rows; r++) {
    for (int j = r < rows - 1 ? r + 1 : 0; j < keys; j++) mask[static_cast<size_t>(r * ld + j)] = -INFINITY;
  }
  return mask;
}

// All but the mask's place and the result's. The band is causal, with all keys before.
AttentionStep attention_step(int heads, int rows, int keys, int d, Mask kind, bool banded, Layout& at) {
  const int ld = heads * d + 3;
  AttentionStep s = {};
  s.pos = NONE;
  s.heads = heads;
  s.rows = rows;
  s.keys = keys;
  s.d = s.q_head = s.k_head = s.v_head = s.out_head = d;
  s.q = at.take(rows * ld * 4);
  s.k = at.take(keys * ld * 4);
  s.v = at.take(keys * ld * 4);
  s.q_ld = s.k_ld = s.v_ld = s.out_ld = ld;
  s.scale = 1 / sqrt(d);
  s.mask_ld = kind == Mask::OfRows || kind == Mask::OfHeads ? keys + 2 : 0;
  s.mask_head = kind == Mask::OfHeads ? rows * s.mask_ld : 0;
  s.banded = banded;
  if (banded) {
    s.before = -1;
    s.shift = keys - rows;
  }
  return s;
}

void test_attention(const KernelTable& table, int threads, Random& random, int heads, int rows, int keys, int d, Mask kind) {
  SUBJECT("attention on %s, %d threads, heads %d rows %d keys %d d %d mask %d", table.name, threads, heads, rows, keys, d,
          static_cast<int>(kind));
  const int ld = heads * d + 3;
  Layout at;
  const auto mask = attention_mask(kind, heads, rows, keys, keys + 2, random);
  AttentionStep s = attention_step(heads, rows, keys, d, kind, random.below(2), at);
  s.mask = kind == Mask::None ? NONE : at.take(mask.size() * 4);
  s.out = at.take(rows * ld * 4);
  s.exact = random.below(2);
  ::Memory memory(at.used);
  const auto q = random.floats(static_cast<size_t>(rows * ld), -2, 2), k = random.floats(static_cast<size_t>(keys * ld), -2, 2);
  const auto v = random.floats(static_cast<size_t>(keys * ld), -2, 2);
  memory.put(s.q, q);
  memory.put(s.k, k);
  memory.put(s.v, v);
  if (kind != Mask::None) memory.put(s.mask, mask);
  StepList steps;
  steps.add(OP_ATTENTION, s);
  must_run(table, threads, steps, memory);
  for (int h = 0; h < heads; h++) {
    for (int r = 0; r < rows; r++) {
      std::vector<double> p, want(static_cast<size_t>(d));
      double sum = 0;
      for (int j = 0; j < keys; j++) {
        double dot = 0;
        for (int i = 0; i < d; i++) dot += static_cast<double>(q[static_cast<size_t>(r * ld + h * d + i)]) * k[static_cast<size_t>(j * ld + h * d + i)];
        const bool closed = s.banded && j > r + s.shift;
        p.push_back(closed ? 0 : exp(dot * s.scale + mask[static_cast<size_t>(h * s.mask_head + r * s.mask_ld + j)]));
        sum += p.back();
      }
      for (int j = 0; j < keys; j++) {
        for (int i = 0; i < d; i++) want[static_cast<size_t>(i)] += p[static_cast<size_t>(j)] / (sum > 0 ? sum : 1) * v[static_cast<size_t>(j * ld + h * d + i)];
      }
      const double tolerance = table.attention_bf16 && !s.exact ? 2e-2 : 2e-5;  // bfloat16 or float
      expect_near(memory.at<float>(s.out) + r * ld + h * d, want, tolerance, 0, "out");
    }
  }
}

// Three heads of which the second has scores too large for bytes: it is as if bytes were not asked for, the others are near.
void test_byte_attention(const KernelTable& table) {
  if (!table.attention_int8) return;
  constexpr int heads = 3, rows = 150, keys = 170, d = 32, ld = heads * d;
  std::vector<float> first, bytes;
  for (int threads = 0; threads <= 3; threads++) {
    SUBJECT("attention in bytes on %s, %d threads", table.name, threads);
    Layout at;
    AttentionStep s = {};
    s.pos = NONE;
    s.heads = heads;
    s.rows = rows;
    s.keys = keys;
    s.d = s.q_head = s.k_head = s.v_head = s.out_head = d;
    s.q = at.take(rows * ld * 4);
    s.k = at.take(keys * ld * 4);
    s.v = at.take(keys * ld * 4);
    s.q_ld = s.k_ld = s.v_ld = s.out_ld = ld;
    s.scale = 0.2;
    s.mask = NONE;
    s.out = at.take(rows * ld * 4);
    s.exact = threads == 0 ? 2 : 0;
    ::Memory memory(at.used);
    Random random(8);
    auto q = random.floats(rows * ld, -2, 2);
    for (size_t i = 0; i < q.size(); i++) q[i] *= i / d % heads == 1 ? 100.0f : 1.0f;
    memory.put(s.q, q);
    memory.put(s.k, random.floats(keys * ld, -2, 2));
    memory.put(s.v, random.floats(keys * ld, -2, 2));
    StepList steps;
    steps.add(OP_ATTENTION, s);
    must_run(table, threads == 0 ? 1 : threads, steps, memory);
    const float* out = memory.at<float>(s.out);
    if (threads == 0) first.assign(out, out + rows * ld);
    bool other = false;
    for (size_t i = 0; i < first.size(); i++) {
      const bool wide = i / d % heads == 1;
      CHECK(wide ? out[i] == first[i] : fabsf(out[i] - first[i]) < 6e-2f, "value %zu: %g, and %g without bytes", i, static_cast<double>(out[i]), static_cast<double>(first[i]));
      other = other || out[i] != first[i];
    }
    cases++;
    CHECK(other == (threads > 0), "bytes were %s", other ? "used" : "not used");
    if (threads == 1) bytes.assign(out, out + rows * ld);
    if (threads > 1) CHECK(memcmp(bytes.data(), out, bytes.size() * sizeof(float)) == 0, "other bits than on one thread");
  }
}

void test_attentions(const KernelTable& table, int threads, Random& random) {
  for (const int keys : {1, 2, 31, 32, 33, 130}) {
    for (const int d : {1, 8, 16, 48, 64, 80}) {
      test_attention(table, threads, random, 1 + random.below(5), 1 + random.below(60), keys, d, static_cast<Mask>(random.below(4)));
    }
  }
}

double sigmoid(double x) { return 1 / (1 + exp(-x)); }

// One step of PyTorch's cells; g: the input's gates, u: the recurrent ones with their bias.
void step_cell(int64_t kind, int n, const float* g, const std::vector<double>& u, std::vector<double>& h, std::vector<double>& c) {
  for (int i = 0; i < n; i++) {
    const auto at = static_cast<size_t>(i), w = static_cast<size_t>(n);
    if (kind == LSTM) {
      c[at] = sigmoid(g[at + w] + u[at + w]) * c[at] + sigmoid(g[at] + u[at]) * tanh(g[at + 2 * w] + u[at + 2 * w]);
      h[at] = sigmoid(g[at + 3 * w] + u[at + 3 * w]) * tanh(c[at]);
    } else if (kind == PLAIN_TANH || kind == PLAIN_RELU) {
      h[at] = kind == PLAIN_TANH ? tanh(g[at] + u[at]) : fmax(g[at] + u[at], 0);
    } else {
      const double reset = sigmoid(g[at] + u[at]), keep = sigmoid(g[at + w] + u[at + w]);
      h[at] = (1 - keep) * tanh(g[at + 2 * w] + reset * u[at + 2 * w]) + keep * h[at];
    }
  }
}

// The state as the bytes hold it that its product is made of: 8 bits of its range.
std::vector<double> rounded_state(const std::vector<double>& h) {
  float low = 0, high = 0;
  for (const double x : h) {
    low = fminf(low, static_cast<float>(x));
    high = fmaxf(high, static_cast<float>(x));
  }
  const RowQuant quant = quant_of_range(low, high);
  std::vector<double> rounded;
  for (const double x : h) {
    const int byte = qv_scalar::quantize1(static_cast<float>(x), quant.inverse, quant.zero);
    rounded.push_back(static_cast<double>(byte - quant.zero) * static_cast<double>(quant.scale));
  }
  return rounded;
}

void test_rnn(const KernelTable& table, int threads, Random& random, int64_t kind, int hidden, int64_t reverse) {
  SUBJECT("rnn %d on %s, %d threads, hidden %d, reverse %d", static_cast<int>(kind), table.name, threads, hidden, static_cast<int>(reverse));
  constexpr int time = 9;
  const int gates = static_cast<int>(gates_of(kind)) * hidden;
  const Weights w(table, random, gates, hidden);
  Layout at;
  RnnStep s = {kind, time, hidden, reverse, at.take(time * gates * 4), gates, w.handle(), at.take(hidden * 4),
               kind == LSTM ? at.take(hidden * 4) : NONE, at.take(gates * 4), at.take(time * hidden * 4), hidden};
  ::Memory memory(at.used);
  const auto input = random.floats(static_cast<size_t>(time * gates), -2, 2);
  memory.put(s.gates, input);
  std::vector<double> h, c(static_cast<size_t>(hidden)), want(static_cast<size_t>(time * hidden));
  for (int i = 0; i < hidden; i++) h.push_back(memory.at<float>(s.h)[i] = random.uniform(-1, 1));
  StepList steps;
  steps.add(OP_RNN, s);
  must_run(table, threads, steps, memory);
  for (int i = 0; i < time; i++) {
    const int t = reverse ? time - 1 - i : i;
    std::vector<double> u;
    const std::vector<double> rounded = rounded_state(h);
    for (int g = 0; g < gates; g++) {
      double sum = w.bias[static_cast<size_t>(g)];
      for (int j = 0; j < hidden; j++) {
        sum += rounded[static_cast<size_t>(j)] * w.values[static_cast<size_t>(g * hidden + j)] * w.scale[static_cast<size_t>(g)];
      }
      u.push_back(sum);
    }
    step_cell(kind, hidden, &input[static_cast<size_t>(t * gates)], u, h, c);
    for (int j = 0; j < hidden; j++) want[static_cast<size_t>(t * hidden + j)] = h[static_cast<size_t>(j)];
  }
  expect_near(memory.at<float>(s.out), want, 1e-4, 1e-4, "out");
}

}  // namespace

int main() {
  REPRODUCE("exec_products_test");
  for (int t = 0; t < supported_tiers().count; t++) {
    test_byte_attention(supported_tiers().tables[t]);
    for (int threads = 1; threads <= 3; threads++) {
      const KernelTable& table = supported_tiers().tables[t];
      Random random(static_cast<uint64_t>(threads));
      test_gemms(table, threads, random);
      test_attentions(table, threads, random);
      for (const int hidden : {1, 7, 32}) {
        for (int64_t reverse = 0; reverse <= 1; reverse++) {
          for (const int64_t kind : {LSTM, GRU, PLAIN_TANH, PLAIN_RELU}) test_rnn(table, threads, random, kind, hidden, reverse);
        }
      }
    }
  }
  return check::report("exec_products_test", cases);
}
