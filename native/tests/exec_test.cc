// Each operator of the executor against a twin in plain loops, over odd shapes, on every tier and 1 to 3 threads.
#include <math.h>

#include "programs.h"

namespace {

using namespace qv;

long cases = 0;

struct Case {
  const KernelTable& table;
  int threads;
  Random& random;

  std::vector<float> normal(size_t n) { return random.floats(n, -3, 3); }
};

void expect_near(const float* got, const std::vector<float>& want, double tolerance, const char* what) {
  cases++;
  for (size_t i = 0; i < want.size(); i++) {
    const double error = fabs(static_cast<double>(got[i]) - want[i]);
    if (!(error <= tolerance * (1 + fabs(want[i])))) {
      CHECK(false, "%s[%zu] is %.9g, not %.9g", what, i, got[i], want[i]);
      return;
    }
  }
}

void must_run(const Case& c, const StepList& steps, int64_t scratch, Memory& memory) {
  const qv_status status = run_steps(c.table, c.threads, steps, scratch, memory);
  CHECK(status == QV_OK, "status %d: %s", status, qv_last_error());
}

double apply(int64_t act, double x, double alpha) {
  switch (act) {
    case ACT_RELU: return x > 0 ? x : 0;
    case ACT_GELU: return x * 0.5 * erfc(-x / sqrt(2.0));
    case ACT_LEAKY_RELU: return x < 0 ? x * alpha : x;
    case ACT_SILU: return x / (1 + exp(-x));
    case ACT_GELU_TANH: return 0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
    case ACT_SIGMOID: return 1 / (1 + exp(-x));
    case ACT_TANH: return tanh(x);
    case ACT_EXP: return exp(x);
    case ACT_LOG: return log(x);
    case ACT_SQRT: return sqrt(x);
    case ACT_NEG: return -x;
    case ACT_ABS: return fabs(x);
    case ACT_SIN: return sin(x);
    case ACT_COS: return cos(x);
    case ACT_RSQRT: return 1 / sqrt(x);
    default: return x;
  }
}

void test_unary(Case& c, int rows, int n) {
  for (int64_t act = ACT_NONE; act < ACT_COUNT; act++) {
    SUBJECT("unary %d on %s, %d threads, %d x %d", static_cast<int>(act), c.table.name, c.threads, rows, n);
    Layout at;
    UnaryStep s = {rows, n, at.take(rows * (n + 2) * 4), n + 2, 0.5, 1.75, act, 0.2, at.take(rows * (n + 1) * 4), n + 1};
    Memory memory(at.used);
    const auto x = c.normal(static_cast<size_t>(rows * (n + 2)));
    memory.put(s.in, x);
    StepList steps;
    steps.add(OP_UNARY, s);
    must_run(c, steps, 0, memory);
    for (int r = 0; r < rows; r++) {
      std::vector<float> want;
      for (int i = 0; i < n; i++) {
        want.push_back(static_cast<float>(apply(act, 0.5 * x[static_cast<size_t>(r * (n + 2) + i)] + 1.75, 0.2)));
      }
      expect_near(memory.at<float>(s.out) + r * (n + 1), want, 2e-6, "out");
    }
  }
}

std::vector<double> normed(const float* x, int n, const float* gamma, const float* beta, double eps) {
  double mean = 0, square = 0;
  for (int i = 0; i < n; i++) mean += x[i] / n;
  for (int i = 0; i < n; i++) square += (x[i] - mean) * (x[i] - mean) / n;
  std::vector<double> y;
  for (int i = 0; i < n; i++) {
    const double z = (x[i] - mean) / sqrt(square + eps);
    y.push_back(z * (gamma ? gamma[i] : 1) + (beta ? beta[i] : 0));
  }
  return y;
}

// Bytes must mean the values that were quantized, to half a step and a little for the values' own rounding.
void expect_bytes(const uint8_t* got, const std::vector<double>& want, double scale, int zero, const char* what) {
  cases++;
  CHECK(scale > 0 && zero >= 0 && zero <= 255, "%s: scale %g, zero %d", what, scale, zero);
  for (size_t i = 0; i < want.size(); i++) {
    double value = want[i];
    if (value < -zero * scale) value = -zero * scale;
    if (value > (255 - zero) * scale) value = (255 - zero) * scale;
    const double error = fabs((got[i] - zero) * scale - value);
    if (error > 0.5001 * scale + 1e-5) {
      CHECK(false, "%s[%zu] is %d (scale %g, zero %d), not %g", what, i, got[i], scale, zero, want[i]);
      return;
    }
  }
}

void test_norm(Case& c, int rows, int n) {
  const Constants gamma(c.random.floats(static_cast<size_t>(n), 0.5, 1.5)), beta(c.normal(static_cast<size_t>(n)));
  for (int64_t type = F32; type <= U8_ROWS; type++) {
    for (const int64_t act : {ACT_NONE, ACT_GELU, ACT_TANH}) {
      SUBJECT("norm type %d act %d on %s, %d threads, %d x %d", static_cast<int>(type), static_cast<int>(act), c.table.name,
              c.threads, rows, n);
      Layout at;
      NormRowsStep s = {};
      s.rows = rows;
      s.n = s.in_ld = s.out_ld = n;
      s.in = at.take(rows * n * 4);
      s.gamma = act == ACT_NONE ? gamma.address() : 0;
      s.beta = rows % 2 ? beta.address() : 0;
      s.eps = 1e-5;
      s.act = act;
      s.out_type = type;
      s.out = at.take(rows * n * 4);
      s.out_scale = 0.03;
      s.out_zero = 100;
      s.out_scales = at.take(rows * 4);
      s.out_zeros = at.take(rows * 4);
      Memory memory(at.used);
      const auto x = c.normal(static_cast<size_t>(rows * n));
      memory.put(s.in, x);
      StepList steps;
      steps.add(OP_NORM_ROWS, s);
      must_run(c, steps, 0, memory);
      for (int r = 0; r < rows; r++) {
        auto want = normed(&x[static_cast<size_t>(r * n)], n, s.gamma ? gamma.values.data() : nullptr,
                           s.beta ? beta.values.data() : nullptr, 1e-5);
        for (auto& y : want) y = apply(act, y, 0);
        if (type == F32) {
          expect_near(memory.at<float>(s.out) + r * n, {want.begin(), want.end()}, 2e-5, "out");
        } else {
          const bool dynamic = type == U8_ROWS;
          expect_bytes(memory.at<uint8_t>(s.out) + r * n, want, dynamic ? memory.at<float>(s.out_scales)[r] : 0.03,
                       dynamic ? memory.at<int32_t>(s.out_zeros)[r] : 100, "bytes");
        }
      }
    }
  }
}

// The dynamic contract to the bit: scale, zero point and bytes.
void test_quantize_rows(Case& c, int rows, int n) {
  SUBJECT("quantize_rows on %s, %d threads, %d x %d", c.table.name, c.threads, rows, n);
  Layout at;
  QuantizeRowsStep s = {};
  s.rows = rows;
  s.n = s.in_ld = n;
  s.out_ld = n + 3;
  s.in = at.take(rows * n * 4);
  s.out_type = U8_ROWS;
  s.out = at.take(rows * (n + 3));
  s.out_scales = at.take(rows * 4);
  s.out_zeros = at.take(rows * 4);
  Memory memory(at.used);
  auto x = c.normal(static_cast<size_t>(rows * n));
  for (int i = 0; i < n; i++) x[static_cast<size_t>(i)] = 0;                                 // a silent row
  for (int i = 0; i < n && rows > 1; i++) x[static_cast<size_t>(n + i)] = fabsf(x[static_cast<size_t>(n + i)]) + 1;
  memory.put(s.in, x);
  StepList steps;
  steps.add(OP_QUANTIZE_ROWS, s);
  must_run(c, steps, 0, memory);
  for (int r = 0; r < rows; r++) {
    float low = 0, high = 0;
    for (int i = 0; i < n; i++) {
      low = fminf(low, x[static_cast<size_t>(r * n + i)]);
      high = fmaxf(high, x[static_cast<size_t>(r * n + i)]);
    }
    const float scale = high > low ? (high - low) / 255.0f : 1.0f;
    const float inverse = high > low ? 255.0f / (high - low) : 1.0f;
    const int zero = static_cast<int>(fminf(fmaxf(rintf(-low * inverse), 0), 255));
    CHECK(memory.at<float>(s.out_scales)[r] == scale && memory.at<int32_t>(s.out_zeros)[r] == zero, "row %d: scale %g zero %d",
          r, memory.at<float>(s.out_scales)[r], memory.at<int32_t>(s.out_zeros)[r]);
    for (int i = 0; i < n; i++) {
      const int want = static_cast<int>(rintf(fminf(fmaxf(x[static_cast<size_t>(r * n + i)] * inverse, -zero), 255 - zero))) + zero;
      CHECK(memory.at<uint8_t>(s.out)[r * (n + 3) + i] == want, "row %d byte %d", r, i);
    }
    cases++;
  }
}

void test_softmax(Case& c, int rows, int n) {
  for (int64_t logarithm = 0; logarithm <= 1; logarithm++) {
    SUBJECT("softmax log %d on %s, %d threads, %d x %d", static_cast<int>(logarithm), c.table.name, c.threads, rows, n);
    Layout at;
    SoftmaxRowsStep s = {rows, n, at.take(rows * n * 4), n, logarithm, 0, n};
    s.out = rows % 2 ? s.in : at.take(rows * n * 4);
    Memory memory(at.used);
    const auto x = c.random.floats(static_cast<size_t>(rows * n), -20, 20);
    memory.put(s.in, x);
    StepList steps;
    steps.add(OP_SOFTMAX_ROWS, s);
    must_run(c, steps, 0, memory);
    for (int r = 0; r < rows; r++) {
      const float* row = &x[static_cast<size_t>(r * n)];
      double sum = 0;
      for (int i = 0; i < n; i++) sum += exp(static_cast<double>(row[i]));
      std::vector<float> want;
      for (int i = 0; i < n; i++) {
        want.push_back(static_cast<float>(logarithm ? row[i] - log(sum) : exp(static_cast<double>(row[i])) / sum));
      }
      expect_near(memory.at<float>(s.out) + r * n, want, 2e-6, "out");
    }
  }
}

void test_reduce(Case& c, int rows, int n) {
  for (int64_t op = SUM; op <= MINIMUM; op++) {
    SUBJECT("reduce %d on %s, %d threads, %d x %d", static_cast<int>(op), c.table.name, c.threads, rows, n);
    Layout at;
    ReduceRowsStep s = {rows, n, op, n > 1 ? 1.0 : 0.0, at.take(rows * n * 4), n, at.take(rows * 4)};
    Memory memory(at.used);
    const auto x = c.normal(static_cast<size_t>(rows * n));
    memory.put(s.in, x);
    StepList steps;
    steps.add(OP_REDUCE_ROWS, s);
    must_run(c, steps, 0, memory);
    std::vector<float> want;
    for (int r = 0; r < rows; r++) {
      const float* row = &x[static_cast<size_t>(r * n)];
      double sum = 0, square = 0, low = row[0], high = row[0];
      for (int i = 0; i < n; i++) {
        sum += row[i];
        low = fmin(low, row[i]);
        high = fmax(high, row[i]);
      }
      for (int i = 0; i < n; i++) square += (row[i] - sum / n) * (row[i] - sum / n);
      const double all[] = {sum, sum / n, square / (n - s.correction), high, low};
      want.push_back(static_cast<float>(all[op]));
    }
    expect_near(memory.at<float>(s.out), want, 1e-5, "out");
  }
}

void test_gather(Case& c, int rows, int n) {
  SUBJECT("gather on %s, %d threads, %d x %d", c.table.name, c.threads, rows, n);
  constexpr int entries = 37;
  const Constants table(c.normal(static_cast<size_t>(entries * n)));
  Layout at;
  GatherStep s = {rows, n, entries, at.take(rows * 4), table.address(), at.take(rows * n * 4), n};
  Memory memory(at.used);
  std::vector<float> index, want;
  for (int r = 0; r < rows; r++) {
    index.push_back(static_cast<float>(r == 0 ? entries - 1 : c.random.below(entries)));
    for (int i = 0; i < n; i++) want.push_back(table.values[static_cast<size_t>(static_cast<int>(index.back()) * n + i)]);
  }
  memory.put(s.index, index);
  StepList steps;
  steps.add(OP_GATHER, s);
  must_run(c, steps, 0, memory);
  expect_near(memory.at<float>(s.out), want, 0, "out");
  for (const float bad : {-1.0f, static_cast<float>(entries), 1e30f, NAN}) {
    index[0] = bad;
    memory.put(s.index, index);
    const qv_status status = run_steps(c.table, c.threads, steps, 0, memory);
    CHECK(status == QV_INVALID_ARGUMENT, "index %g gave status %d", bad, status);
  }
}

void test_glu(Case& c, int rows, int n) {
  SUBJECT("glu on %s, %d threads, %d x %d", c.table.name, c.threads, rows, n);
  Layout at;
  const int in_ld = 2 * n + 3, out_ld = n + 1;
  GluStep s = {rows, n, at.take(rows * in_ld * 4), in_ld, at.take(rows * out_ld * 4), out_ld};
  Memory memory(at.used);
  const auto x = c.normal(static_cast<size_t>(rows * in_ld));
  memory.put(s.in, x);
  StepList steps;
  steps.add(OP_GLU, s);
  must_run(c, steps, 0, memory);
  for (int r = 0; r < rows; r++) {
    std::vector<float> want;
    for (int i = 0; i < n; i++) {
      const auto* row = &x[static_cast<size_t>(r * in_ld)];
      want.push_back(static_cast<float>(row[i] * apply(ACT_SIGMOID, static_cast<double>(row[n + i]), 0)));
    }
    expect_near(memory.at<float>(s.out) + r * out_ld, want, 1e-5, "out");
  }
}

// A convolution of random steps and padding, over one axis or two, in double.
std::vector<float> depthwise_twin(const DepthwiseStep& s, const std::vector<float>& x, const Constants& weights, const Constants& bias) {
  std::vector<float> want;
  for (int64_t index = 0; index < s.rows * s.width * s.channels; index++) {
    const int64_t ch = index % s.channels, column = index / s.channels % s.width, row = index / s.channels / s.width;
    double sum = s.bias ? bias.values[static_cast<size_t>(ch)] : 0;
    for (int64_t tap = 0; tap < s.taps * s.taps_w; tap++) {
      const int64_t i = row * s.stride + tap / s.taps_w * s.dilation - s.pad;
      const int64_t j = column * s.stride_w + tap % s.taps_w * s.dilation_w - s.pad_w;
      if (i < 0 || j < 0 || i >= s.in_rows || j >= s.in_width) continue;
      sum += static_cast<double>(x[static_cast<size_t>((i * s.in_width + j) * s.channels + ch)]) *
             weights.values[static_cast<size_t>(tap * s.channels + ch)];
    }
    want.push_back(static_cast<float>(apply(ACT_SILU, sum, 0)));
  }
  return want;
}

void test_depthwise(Case& c, int rows, int channels) {
  for (int trial = 0; trial < 4; trial++) {
    const bool flat = trial < 2;
    const int64_t width = flat ? 1 : 1 + c.random.below(6), taps_w = flat ? 1 : 1 + c.random.below(7);
    const int64_t taps = 1 + c.random.below(7), in_rows = rows + c.random.below(9), in_width = flat ? 1 : c.random.below(9);
    SUBJECT("depthwise on %s, %d threads, %d x %d x %d, %d x %d taps", c.table.name, c.threads, rows,
            static_cast<int>(width), channels, static_cast<int>(taps), static_cast<int>(taps_w));
    const Constants weights(c.normal(static_cast<size_t>(taps * taps_w * channels))), bias(c.normal(static_cast<size_t>(channels)));
    Layout at;
    DepthwiseStep s = {rows, width, channels, taps, taps_w, 1 + c.random.below(2), 1 + c.random.below(2),
                       1 + c.random.below(2), 1 + c.random.below(2), c.random.below(4), flat ? 0 : c.random.below(4),
                       in_rows, in_width, at.take(in_rows * in_width * channels * 4), in_width * channels, channels,
                       weights.address(), trial % 2 ? bias.address() : 0, ACT_SILU, at.take(rows * width * channels * 4),
                       width * channels};
    Memory memory(at.used);
    const auto x = c.normal(static_cast<size_t>(in_rows * in_width * channels));
    memory.put(s.in, x);
    StepList steps;
    steps.add(OP_DEPTHWISE, s);
    must_run(c, steps, 0, memory);
    expect_near(memory.at<float>(s.out), depthwise_twin(s, x, weights, bias), 5e-5, "out");
  }
}

void test_quantize_tensor(Case& c, int rows, int channels) {
  for (int64_t fixed = 0; fixed <= 1; fixed++) {
    SUBJECT("quantize_tensor fixed %d on %s, %d threads, %d x %d", static_cast<int>(fixed), c.table.name, c.threads, rows,
            channels);
    constexpr int groups = 3, left = 2, right = 1;
    const int width = groups * channels, padded = left + rows + right;
    Layout at;
    QuantizeTensorStep s = {rows, groups, channels, left, right, at.take(rows * width * 4), width, at.take(padded * width),
                            at.take(4), at.take(4), fixed, 0.05, 77};
    Memory memory(at.used);
    const auto x = c.normal(static_cast<size_t>(rows * width));
    memory.put(s.in, x);
    StepList steps;
    steps.add(OP_QUANTIZE_TENSOR, s);
    must_run(c, steps, 0, memory);
    float low = 0, high = 0;
    for (const float v : x) {
      low = fminf(low, v);
      high = fmaxf(high, v);
    }
    const float scale = memory.at<float>(s.out_scale)[0];
    const int zero = memory.at<int32_t>(s.out_zero)[0];
    CHECK(scale == (fixed ? 0.05f : high > low ? (high - low) / 255.0f : 1.0f), "scale %g", scale);
    CHECK(zero == (fixed ? 77 : static_cast<int>(rintf(-low * (high > low ? 255.0f / (high - low) : 1.0f)))), "zero %d", zero);
    for (int g = 0; g < groups; g++) {
      for (int r = 0; r < padded; r++) {
        std::vector<double> want;
        for (int i = 0; i < channels; i++) {
          const bool inside = r >= left && r < left + rows;
          want.push_back(inside ? x[static_cast<size_t>((r - left) * width + g * channels + i)] : 0.0);
        }
        expect_bytes(memory.at<uint8_t>(s.out) + (g * padded + r) * channels, want, scale, zero, "bytes");
      }
    }
  }
}

void run_all(Case& c) {
  for (const int rows : {1, 2, 3, 7, 60, 131}) {
    for (const int n : {1, 5, 16, 31, 257}) {
      test_norm(c, rows, n);
      test_quantize_rows(c, rows, n);
      test_softmax(c, rows, n);
      test_reduce(c, rows, n);
      test_gather(c, rows, n);
      test_depthwise(c, rows, n);
      test_glu(c, rows, n);
      test_quantize_tensor(c, rows, n);
    }
  }
  for (const int n : {1, 33, 64}) test_unary(c, 61, n);
}

}  // namespace

int main() {
  REPRODUCE("exec_test");
  for (int t = 0; t < supported_tiers().count; t++) {
    for (int threads = 1; threads <= 3; threads++) {
      Random random(static_cast<uint64_t>(threads));
      Case c = {supported_tiers().tables[t], threads, random};
      run_all(c);
    }
  }
  return check::report("exec_test", cases);
}
