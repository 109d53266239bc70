// Elementwise steps over strided views of up to six dimensions: copies, broadcasts, comparisons, selection.
#include <cmath>

#include "exec/context.h"

namespace qv {
namespace {

// Calls row(offsets, length) for each innermost run of this thread's share. The outer dimensions are shared among the
// threads if there are enough of them, else the innermost one is.
template <int VIEWS, class Row>
void for_rows(const int64_t* dim, const View* const* views, const Context& c, Row row) {
  int64_t outer = 1;
  for (int i = 0; i < MAX_RANK - 1; i++) outer *= dim[i];
  if (outer == 0 || dim[MAX_RANK - 1] == 0) return;
  const bool cut_rows = outer < c.threads;
  const int64_t inner = dim[MAX_RANK - 1];
  const int64_t first = cut_rows ? share_begin(inner, c.thread, c.threads) : 0;
  const int64_t last = cut_rows ? share_begin(inner, c.thread + 1, c.threads) : inner;
  const int64_t begin = cut_rows ? 0 : share_begin(outer, c.thread, c.threads);
  const int64_t end = cut_rows ? outer : share_begin(outer, c.thread + 1, c.threads);
  int64_t at[MAX_RANK - 1], offset[VIEWS];
  for (int v = 0; v < VIEWS; v++) offset[v] = first * views[v]->stride[MAX_RANK - 1];
  for (int64_t rest = begin, i = MAX_RANK - 2; i >= 0; i--) {
    at[i] = rest % dim[i];
    rest /= dim[i];
    for (int v = 0; v < VIEWS; v++) offset[v] += at[i] * views[v]->stride[i];
  }
  for (int64_t index = begin; index < end; index++) {
    row(offset, last - first);
    for (int i = MAX_RANK - 2; i >= 0; i--) {  // moves to the next index, like the digits of a counter
      at[i]++;
      for (int v = 0; v < VIEWS; v++) offset[v] += views[v]->stride[i];
      if (at[i] < dim[i]) break;
      for (int v = 0; v < VIEWS; v++) offset[v] -= at[i] * views[v]->stride[i];
      at[i] = 0;
    }
  }
}

// The operands of an innermost loop, in the forms that compilers vectorize.
struct Each {
  const float* at;
  float operator[](int64_t i) const { return at[i]; }
};
struct Same {
  float value;
  float operator[](int64_t) const { return value; }
};
struct Spread {
  const float* at;
  int64_t stride;
  float operator[](int64_t i) const { return at[i * stride]; }
};

// Calls a function with an operand in the form that its stride allows.
template <class Use>
void operand(const float* at, int64_t stride, Use use) {
  if (stride == 1) {
    use(Each{at});
  } else if (stride == 0) {
    use(Same{*at});
  } else {
    use(Spread{at, stride});
  }
}

template <class F>
void apply(const BinaryStep& s, const Context& c, F f) {
  const View* views[] = {&s.a, &s.b, &s.out};
  const int64_t sa = s.a.stride[MAX_RANK - 1], sb = s.b.stride[MAX_RANK - 1], so = s.out.stride[MAX_RANK - 1];
  const float *a = c.at<const float>(s.a.at), *b = c.at<const float>(s.b.at);
  float* out = c.at<float>(s.out.at);
  const float alpha = static_cast<float>(s.alpha);
  for_rows<3>(s.dim, views, c, [&](const int64_t* o, int64_t n) {
    const float* x = a + o[0];
    float* z = out + o[2];
    operand(b + o[1], sb, [&](auto y) {
      if (sa == 1 && so == 1) {
        for (int64_t i = 0; i < n; i++) z[i] = f(x[i], alpha * y[i]);
      } else {
        for (int64_t i = 0; i < n; i++) z[i * so] = f(x[i * sa], alpha * y[i]);
      }
    });
  });
}
}  // namespace

// Fills the output with a value. It must not read `in`, which was not checked.
static void fill(const CopyStep& s, const Context& c) {
  const View* views[] = {&s.out};
  const int64_t stride = s.out.stride[MAX_RANK - 1];
  float* out = c.at<float>(s.out.at);
  const float value = static_cast<float>(s.value);
  for_rows<1>(s.dim, views, c, [&](const int64_t* o, int64_t n) {
    float* z = out + o[0];
    if (stride == 1) {
      for (int64_t i = 0; i < n; i++) z[i] = value;
    } else {
      for (int64_t i = 0; i < n; i++) z[i * stride] = value;
    }
  });
}

void copy(const CopyStep& s, const Context& c) {
  if (s.fill) return fill(s, c);
  const View* views[] = {&s.in, &s.out};
  const int64_t si = s.in.stride[MAX_RANK - 1], so = s.out.stride[MAX_RANK - 1];
  const float* in = c.at<const float>(s.in.at);
  float* out = c.at<float>(s.out.at);
  for_rows<2>(s.dim, views, c, [&](const int64_t* o, int64_t n) {
    const float* x = in + o[0];
    float* z = out + o[1];
    if (si == 1 && so == 1) {
      for (int64_t i = 0; i < n; i++) z[i] = x[i];
    } else {
      for (int64_t i = 0; i < n; i++) z[i * so] = x[i * si];
    }
  });
}

void select(const SelectStep& s, const Context& c) {
  const View* first[] = {&s.cond, &s.a, &s.b, &s.out};
  const int64_t sc = s.cond.stride[MAX_RANK - 1], sa = s.a.stride[MAX_RANK - 1], sb = s.b.stride[MAX_RANK - 1];
  const int64_t so = s.out.stride[MAX_RANK - 1];
  const float *cond = c.at<const float>(s.cond.at), *a = c.at<const float>(s.a.at), *b = c.at<const float>(s.b.at);
  float* out = c.at<float>(s.out.at);
  for_rows<4>(s.dim, first, c, [&](const int64_t* o, int64_t n) {
    const float* when = cond + o[0];
    float* z = out + o[3];
    operand(a + o[1], sa, [&](auto x) {
      operand(b + o[2], sb, [&](auto y) {
        if (sc == 1 && so == 1) {
          for (int64_t i = 0; i < n; i++) z[i] = when[i] != 0.0f ? x[i] : y[i];
        } else {
          for (int64_t i = 0; i < n; i++) z[i * so] = when[i * sc] != 0.0f ? x[i] : y[i];
        }
      });
    });
  });
}

void binary(const BinaryStep& s, const Context& c) {
  switch (static_cast<Binary>(s.op)) {
    case ADD: return apply(s, c, [](float a, float b) { return a + b; });
    case SUB: return apply(s, c, [](float a, float b) { return a - b; });
    case MUL: return apply(s, c, [](float a, float b) { return a * b; });
    case DIV: return apply(s, c, [](float a, float b) { return a / b; });
    case MAX: return apply(s, c, [](float a, float b) { return a > b || a != a ? a : b; });
    case MIN: return apply(s, c, [](float a, float b) { return a < b || a != a ? a : b; });
    case POW: return apply(s, c, [](float a, float b) { return std::pow(a, b); });
    case LESS: return apply(s, c, [](float a, float b) { return a < b ? 1.0f : 0.0f; });
    case LESS_EQUAL: return apply(s, c, [](float a, float b) { return a <= b ? 1.0f : 0.0f; });
    case EQUAL: return apply(s, c, [](float a, float b) { return a == b ? 1.0f : 0.0f; });
    case NOT_EQUAL: return apply(s, c, [](float a, float b) { return a != b ? 1.0f : 0.0f; });
    case GREATER: return apply(s, c, [](float a, float b) { return a > b ? 1.0f : 0.0f; });
    case GREATER_EQUAL: return apply(s, c, [](float a, float b) { return a >= b ? 1.0f : 0.0f; });
    // & and | and not && and ||, because compilers vectorize a loop without jumps
    case AND: return apply(s, c, [](float a, float b) { return (a != 0) & (b != 0) ? 1.0f : 0.0f; });
    case OR: return apply(s, c, [](float a, float b) { return (a != 0) | (b != 0) ? 1.0f : 0.0f; });
    case FLOOR_DIV: return apply(s, c, [](float a, float b) { return std::floor(a / b); });
    case REMAINDER: return apply(s, c, [](float a, float b) { return a - b * std::floor(a / b); });
  }
}

void im2col(const Im2colStep& s, const Context& c) {
  const int64_t total = s.out_h * s.out_w;
  const int64_t begin = share_begin(total, c.thread, c.threads), end = share_begin(total, c.thread + 1, c.threads);
  const float* in = c.at<const float>(s.in);
  for (int64_t index = begin; index < end; index++) {
    float* out = c.at<float>(s.out) + index * s.out_ld;
    const float* window = in + index / s.out_w * s.stride_h * s.in_row + index % s.out_w * s.stride_w * s.in_col;
    for (int64_t i = 0; i < s.kernel_h; i++)
      for (int64_t j = 0; j < s.kernel_w; j++) {
        const float* pixel = window + i * s.dilation_h * s.in_row + j * s.dilation_w * s.in_col;
        for (int64_t ch = 0; ch < s.channels; ch++) *out++ = pixel[ch];
      }
  }
}

}  // namespace qv
