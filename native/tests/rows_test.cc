// Row operations: the scalar twin against formulas in double, every other tier against the scalar twin to the bit.
#include <math.h>
#include <string.h>

#include "check.h"
#include "dispatch/tier.h"
#include "guarded.h"
#include "memory/memory.h"
#include "random.h"

namespace {

constexpr int64_t kWidths[] = {1,  2,  3,  7,  8,  9,  15, 16, 17,  23,  24,  31,   32,   33,   47,  48,
                               49, 63, 64, 65, 80, 96, 127, 128, 192, 513, 1000, 1024, 4095, 4096, 4097, 9001};

enum Operation { kQuantize, kLayerNorm, kGelu, kRelu, kLeakyRelu, kSilu, kSoftmax, kLogSoftmax, kOperations };
const char* const kNames[] = {"quantize_rows", "layernorm", "gelu", "relu", "leaky_relu", "silu", "softmax", "log_softmax"};
enum Output { kFloat, kGiven, kOwn, kOutputs };
enum Fill { kNormal, kLarge, kTiny, kConstant, kZero, kMasked, kAllMasked, kNan, kFills };

long cases = 0;

struct Data {
  int64_t m, n;
  Guarded<float> in, gamma, beta;

  Data(int64_t rows, int64_t width, Fill fill, uint64_t seed)
      : m(rows), n(width), in(static_cast<size_t>(rows * width)), gamma(width), beta(width) {
    Random random(seed);
    for (size_t i = 0; i < in.size(); i++) in[i] = value(random, fill);
    for (int64_t i = 0; i < n; i++) {
      gamma[i] = random.uniform(-2, 2);
      beta[i] = random.uniform(-1, 1);
    }
  }

  static float value(Random& random, Fill fill) {
    switch (fill) {
      case kLarge: return random.uniform(-1e4f, 1e4f);
      case kTiny: return random.uniform(-1e-6f, 1e-6f);
      case kConstant: return 0.37f;
      case kZero: return 0;
      case kMasked: return random.below(3) ? random.uniform(-9, 9) : -INFINITY;
      case kAllMasked: return -INFINITY;
      case kNan: return random.below(9) ? random.uniform(-6, 6) : NAN;
      default: return random.uniform(-6, 6);
    }
  }
};

struct Result {
  Guarded<float> floats, scale;
  Guarded<uint8_t> bytes;
  Guarded<int32_t> zero;
  explicit Result(const Data& data)
      : floats(static_cast<size_t>(data.m * data.n)), scale(data.m), bytes(static_cast<size_t>(data.m * data.n)),
        zero(data.m) {}
};

qv::RowsKernel kernel_of(const qv::KernelTable& table, Operation operation) {
  switch (operation) {
    case kQuantize: return table.quantize_rows;
    case kLayerNorm: return table.layernorm;
    case kSoftmax: return table.softmax;
    case kLogSoftmax: return table.log_softmax;
    default: return table.activate;
  }
}

int activation_of(const Data& data, Operation operation) {
  switch (operation) {
    case kLayerNorm: return data.n % 2 ? QV_ACT_GELU : QV_ACT_NONE;
    case kGelu: return QV_ACT_GELU;
    case kRelu: return QV_ACT_RELU;
    case kSilu: return QV_ACT_SILU;
    default: return QV_ACT_LEAKY_RELU;
  }
}

qv::RowsCall call_of(Data& data, Operation operation, Output output, Result& result) {
  qv::RowsCall call = {};
  call.in = data.in.data();
  call.stride = data.n;
  call.n = data.n;
  call.gamma = data.gamma.data();
  call.beta = data.beta.data();
  call.epsilon = 1e-5f;
  call.activation = activation_of(data, operation);
  call.alpha = 0.1f;
  call.out = {QV_OUT_FLOAT32, result.floats.data(), data.n, 0, 0, nullptr, nullptr};
  if (output == kFloat) return call;
  call.out = {QV_OUT_UINT8, result.bytes.data(), data.n, 0.031f, 121, nullptr, nullptr};
  if (output == kOwn) {
    call.out.row_scale = result.scale.data();
    call.out.row_zero = result.zero.data();
  }
  return call;
}

// parts: how many shares the rows are cut into, as threads cut them.
void run(const qv::KernelTable& table, Data& data, Operation operation, Output output, int parts, Result& result) {
  const qv::RowsCall call = call_of(data, operation, output, result);
  Guarded<float> scratch(qv::round_up(static_cast<size_t>(data.n), 16));
  for (int p = 0; p < parts; p++) {
    kernel_of(table, operation)(&call, data.m * p / parts, data.m * (p + 1) / parts, scratch.data());
  }
}

bool same_floats(const Guarded<float>& a, const Guarded<float>& b) {
  for (size_t i = 0; i < a.size(); i++) {
    if (memcmp(&a[i], &b[i], 4) != 0 && !(isnan(a[i]) && isnan(b[i]))) return false;
  }
  return true;
}

bool same(const Result& a, const Result& b, Output output) {
  if (output == kFloat) return same_floats(a.floats, b.floats);
  for (size_t i = 0; i < a.bytes.size(); i++) {
    if (a.bytes[i] != b.bytes[i]) return false;
  }
  if (output == kGiven) return true;
  for (size_t i = 0; i < a.zero.size(); i++) {
    if (a.zero[i] != b.zero[i]) return false;
  }
  return same_floats(a.scale, b.scale);
}

void compare_tiers(int64_t m, int64_t n, Operation operation, Output output, Fill fill) {
  Data data(m, n, fill, static_cast<uint64_t>(n * 31 + operation));
  const qv::TierList& tiers = qv::supported_tiers();
  Result reference(data);
  SUBJECT("scalar %s m=%lld n=%lld output=%d fill=%d", kNames[operation], static_cast<long long>(m),
          static_cast<long long>(n), output, fill);
  REPRODUCE("rows_test %lld %lld %d %d %d", static_cast<long long>(m), static_cast<long long>(n), operation, output, fill);
  run(tiers.tables[0], data, operation, output, 1, reference);
  for (int t = 0; t < tiers.count; t++) {
    for (int parts = 1; parts <= 2; parts++) {
      SUBJECT("%s %s m=%lld n=%lld output=%d fill=%d parts=%d", tiers.tables[t].name, kNames[operation],
              static_cast<long long>(m), static_cast<long long>(n), output, fill, parts);
      Result result(data);
      run(tiers.tables[t], data, operation, output, parts, result);
      CHECK(same(reference, result, output), "differs from the scalar twin");
      cases++;
    }
  }
}

double gelu(double x) { return 0.5 * x * erfc(-x / sqrt(2.0)); }

void check_near(double got, double expected, double absolute, double relative, double at) {
  const bool near = got == expected || fabs(got - expected) <= absolute + relative * fabs(expected);
  CHECK(near, "got %.9g, expected %.9g at %.9g", got, expected, at);
}

// The scalar twin is what the others are held to, so it is held to the mathematics.
void check_activations() {
  const int64_t n = 40001;
  Data data(1, n, kZero, 1);
  for (int64_t i = 0; i < n; i++) data.in[static_cast<size_t>(i)] = static_cast<float>(-10 + 20.0 * static_cast<double>(i) / (n - 1));
  const qv::KernelTable& scalar = qv::supported_tiers().tables[0];
  for (Operation operation : {kGelu, kSilu, kRelu, kLeakyRelu}) {
    SUBJECT("scalar %s", kNames[operation]);
    Result result(data);
    run(scalar, data, operation, kFloat, 1, result);
    for (size_t i = 0; i < data.in.size(); i++) {
      const double x = static_cast<double>(data.in[i]);
      const double expected = operation == kGelu   ? gelu(x)
                              : operation == kSilu ? x / (1 + exp(-x))
                              : operation == kRelu ? fmax(x, 0)
                              : x < 0              ? x * static_cast<double>(0.1f)
                                                   : x;
      check_near(static_cast<double>(result.floats[i]), expected, operation == kGelu ? 7e-7 : 0, operation == kGelu ? 0 : 4e-7, x);
    }
    cases++;
  }
}

void check_softmax_and_norm() {
  Data data(20, 1000, kNormal, 7);
  const qv::KernelTable& scalar = qv::supported_tiers().tables[0];
  Result soft(data), logs(data), norm(data);
  run(scalar, data, kSoftmax, kFloat, 1, soft);
  run(scalar, data, kLogSoftmax, kFloat, 1, logs);
  run(scalar, data, kLayerNorm, kFloat, 1, norm);
  for (int64_t row = 0; row < data.m; row++) {
    const float* x = data.in.data() + row * data.n;
    double total = 0, mean = 0, variance = 0;
    for (int64_t i = 0; i < data.n; i++) total += exp(static_cast<double>(x[i]));
    for (int64_t i = 0; i < data.n; i++) mean += static_cast<double>(x[i]) / static_cast<double>(data.n);
    for (int64_t i = 0; i < data.n; i++) variance += pow(static_cast<double>(x[i]) - mean, 2) / static_cast<double>(data.n);
    for (int64_t i = 0; i < data.n; i++) {
      const auto at = static_cast<size_t>(row * data.n + i);
      const double value = static_cast<double>(x[i]);
      SUBJECT("scalar row operations, row %lld", static_cast<long long>(row));
      check_near(static_cast<double>(soft.floats[at]), exp(value) / total, 1e-12, 1e-6, value);
      check_near(static_cast<double>(logs.floats[at]), value - log(total), 1e-6, 2e-7, value);
      const double normal = (value - mean) / sqrt(variance + 1e-5);
      check_near(static_cast<double>(norm.floats[at]),
                 normal * static_cast<double>(data.gamma[i]) + static_cast<double>(data.beta[i]), 2e-6, 1e-6, value);
    }
  }
  cases += 3;
}

// Rounding to even, both ends held, and the row's own range: by hand.
void check_quantization() {
  Guarded<float> in(8);
  const float values[8] = {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 300, -300, 127};
  memcpy(in.data(), values, sizeof values);
  Guarded<uint8_t> out(8);
  qv::RowsCall call = {};
  call.in = in.data();
  call.n = call.stride = 8;
  call.out = {QV_OUT_UINT8, out.data(), 8, 1, 100, nullptr, nullptr};
  const int expected[8] = {100, 102, 102, 100, 98, 255, 0, 227};
  float scale;
  int32_t zero;
  for (int t = 0; t < qv::supported_tiers().count; t++) {
    const qv::KernelTable& table = qv::supported_tiers().tables[t];
    SUBJECT("%s quantize_rows by hand", table.name);
    table.quantize_rows(&call, 0, 1, nullptr);
    for (int i = 0; i < 8; i++) CHECK(out[static_cast<size_t>(i)] == expected[i], "value %d: %d", i, out[static_cast<size_t>(i)]);
    qv::RowsCall own = call;
    own.out.row_scale = &scale;
    own.out.row_zero = &zero;
    table.quantize_rows(&own, 0, 1, nullptr);
    CHECK(scale == 600.0f / 255 && zero == 128, "own range: scale %g zero %d", static_cast<double>(scale), zero);
    CHECK(out[5] == 255 && out[6] == 0, "the ends of the range: %d and %d", out[5], out[6]);
    cases++;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 6) {
    compare_tiers(atoi(argv[1]), atoi(argv[2]), static_cast<Operation>(atoi(argv[3])), static_cast<Output>(atoi(argv[4])),
                  static_cast<Fill>(atoi(argv[5])));
    return check::report("rows", cases);
  }
  check_activations();
  check_softmax_and_norm();
  check_quantization();
  for (int64_t n = 1; n <= 64; n++) {  // every remainder that a vector can leave
    for (int operation = 0; operation < kOperations; operation++) {
      const Output output = operation == kQuantize ? kGiven : static_cast<Output>(n % kOutputs);
      compare_tiers(2, n, static_cast<Operation>(operation), output, static_cast<Fill>(n % kFills));
    }
  }
  for (int64_t n : kWidths) {
    for (int operation = 0; operation < kOperations; operation++) {
      for (int output = operation == kQuantize ? kGiven : kFloat; output < kOutputs; output++) {
        for (int fill = 0; fill < (n < 130 ? kFills : 2); fill++) {
          compare_tiers(n < 600 ? 3 : 2, n, static_cast<Operation>(operation), static_cast<Output>(output),
                        static_cast<Fill>(fill));
        }
      }
    }
  }
  return check::report("rows", cases);
}
