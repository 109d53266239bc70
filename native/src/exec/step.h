// One step of a program: a header and a list of 64-bit words that Java writes in the order of the struct's fields.
// Every field is 8 bytes, so a step's struct is its word list; the count in the header proves that both sides agree.
#ifndef QUANTVOICE_EXEC_STEP_H
#define QUANTVOICE_EXEC_STEP_H
#include <cstdint>

namespace qv {

// Where a buffer is: byte offset in the stream's arena, or ~offset in the thread's block-local scratch (steps of a
// row group only: row r of the block stands at offset + (r - first row of the block) * row stride), or NONE.
// Places from 1 << SLOT_SHIFT on lie in what streams keep between runs: slot n (1, 2, ...) has its bytes at
// (n << SLOT_SHIFT) + offset, and a run says where each slot begins.
using Place = int64_t;
constexpr Place NONE = INT64_MIN;
constexpr int SLOT_SHIFT = 44;
constexpr Place SLOT_OFFSET = (INT64_C(1) << SLOT_SHIFT) - 1;
constexpr int64_t MAX_SLOTS = 64;

enum Op : int64_t {
  OP_GEMM = 1,
  OP_NORM_ROWS = 2,
  OP_QUANTIZE_ROWS = 3,
  OP_UNARY = 4,
  OP_SOFTMAX_ROWS = 5,
  OP_ATTENTION = 6,
  OP_QUANTIZE_TENSOR = 7,
  OP_COPY = 8,
  OP_BINARY = 9,
  OP_REDUCE_ROWS = 10,
  OP_GATHER = 11,
  OP_MATMUL = 12,
  OP_SELECT = 13,
  OP_RNN = 14,
  OP_DEPTHWISE = 15,
  OP_IM2COL = 16,
  OP_COUNT = 17
};

enum Type : int64_t { F32 = 0, U8 = 1, U8_ROWS = 2 };  // U8_ROWS: a float scale and an int32 zero point a row, in two places
enum Act : int64_t { ACT_NONE = 0, ACT_RELU = 1, ACT_GELU = 2, ACT_LEAKY_RELU = 3, ACT_SILU = 4, ACT_GELU_TANH = 5,
                     ACT_SIGMOID = 6, ACT_TANH = 7, ACT_EXP = 8, ACT_LOG = 9, ACT_SQRT = 10, ACT_NEG = 11, ACT_ABS = 12,
                     ACT_SIN = 13, ACT_COS = 14, ACT_RSQRT = 15, ACT_COUNT = 16 };

// Steps in a row with the same group >= 0 are one row group: each thread takes its share of the rows in blocks of about
// block_rows and runs all steps of the group on a block before the next. Group -1: the step splits itself.
struct StepHeader {
  int64_t op, group, block_rows, words;
};

// out[r, :] = act(a[r, :] * weights + bias) + residual[r, :]
struct GemmStep {
  int64_t rows, k, n;
  Place a;
  int64_t a_ld, a_type;  // a_ld in elements; less than k where convolution windows overlap
  double a_scale;
  int64_t a_zero;
  Place a_scales, a_zeros;  // U8_ROWS: one a row; U8: NONE, or one for the tensor that an earlier step found
  int64_t weights, weights_kind;  // handle; 0 int8, 1 bfloat16, 2 float32 (1 and 2 take F32 input)
  int64_t act;
  double act_alpha;
  Place residual;
  int64_t residual_ld;
  Place out;
  int64_t out_ld, out_type;
  double out_scale;
  int64_t out_zero;
};

// out[r, :] = act((in[r, :] - mean) / sqrt(var + eps) * gamma + beta)
struct NormRowsStep {
  int64_t rows, n;
  Place in;
  int64_t in_ld;
  int64_t gamma, beta;  // addresses, 0: none
  double eps;
  int64_t act;
  Place out;
  int64_t out_ld, out_type;
  double out_scale;
  int64_t out_zero;
  Place out_scales, out_zeros;
};

struct QuantizeRowsStep {
  int64_t rows, n;
  Place in;
  int64_t in_ld;
  int64_t act;
  Place out;
  int64_t out_ld, out_type;
  double out_scale;
  int64_t out_zero;
  Place out_scales, out_zeros;
};

// out[r, :] = act(in[r, :] * mul + add)
struct UnaryStep {
  int64_t rows, n;
  Place in;
  int64_t in_ld;
  double mul, add;
  int64_t act;
  double act_alpha;
  Place out;
  int64_t out_ld;
};

struct SoftmaxRowsStep {
  int64_t rows, n;
  Place in;
  int64_t in_ld;
  int64_t log;
  Place out;
  int64_t out_ld;
};

// heads slices of d columns each, head_stride elements apart. Beside the mask there is a band: row r stands at key r + shift
// and sees `before` keys to its left and `after` to its right (negative: all); the first `global` keys are seen by all rows,
// and rows that stand at one of them see all keys.
struct AttentionStep {
  int64_t heads, rows, keys, d;
  Place q, k, v;
  int64_t q_ld, k_ld, v_ld, q_head, k_head, v_head;
  double scale;
  Place mask;
  Place out;
  int64_t out_ld, out_head;
  int64_t exact;      // 1: float products on every CPU; 2: bfloat16 where the CPU multiplies it; 0: also int8, where they suit a head
  int64_t mask_ld;    // 0: all rows share the mask
  int64_t mask_head;  // 0: all heads share the mask
  int64_t banded;     // 1: the band below closes keys; 0: there is none
  int64_t before, after, shift, global;
};

// Range of the whole tensor found first, then quantized into group-major rows with padding:
// out[g][pad_left + r][c] = quantize(in[r][g * channels + c]), padding rows hold the zero point; the scale and the zero point found go to their places.
struct QuantizeTensorStep {
  int64_t rows, groups, channels, pad_left, pad_right;
  Place in;
  int64_t in_ld;
  Place out;
  Place out_scale, out_zero;
  int64_t fixed;  // 1: scale and zero are given, 0: found
  double scale;
  int64_t zero;
};

constexpr int MAX_RANK = 6;
struct View {
  Place at;
  int64_t stride[MAX_RANK];  // in elements; 0 repeats
};

struct CopyStep {
  int64_t dim[MAX_RANK];
  View in;
  View out;
  int64_t fill;  // 1: write value instead of reading in
  double value;
};

enum Binary : int64_t { ADD = 0, SUB = 1, MUL = 2, DIV = 3, MAX = 4, MIN = 5, POW = 6, LESS = 7, LESS_EQUAL = 8, EQUAL = 9,
                        NOT_EQUAL = 10, GREATER = 11, GREATER_EQUAL = 12, AND = 13, OR = 14, FLOOR_DIV = 15, REMAINDER = 16 };
struct BinaryStep {
  int64_t dim[MAX_RANK];
  int64_t op;
  double alpha;  // a op (alpha * b)
  View a, b, out;
};

struct SelectStep {  // out = cond != 0 ? a : b
  int64_t dim[MAX_RANK];
  View cond, a, b, out;
};

enum Reduce : int64_t { SUM = 0, MEAN = 1, VARIANCE = 2, MAXIMUM = 3, MINIMUM = 4 };
struct ReduceRowsStep {
  int64_t rows, n;
  int64_t op;
  double correction;  // VARIANCE: divides by n - correction
  Place in;
  int64_t in_ld;
  Place out;
};

struct GatherStep {  // out[r, :] = table[index[r], :]
  int64_t rows, n, entries;
  Place index;
  int64_t table;  // address
  Place out;
  int64_t out_ld;
};

struct MatmulStep {  // out[b, m, n] = a[b, m, k] b[b, k, n]; two batch dims
  int64_t batch0, batch1, m, n, k;
  Place a;
  int64_t a_batch0, a_batch1, a_row, a_col;
  Place b;
  int64_t b_batch0, b_batch1, b_row, b_col;
  Place out;
  int64_t out_batch0, out_batch1, out_row;
};

struct DepthwiseStep {  // out[t, c] = act(bias[c] + sum_j in[t * stride + j * dilation, c] * w[j, c])
  int64_t rows, channels, taps, stride, dilation;
  Place in;
  int64_t in_ld;
  int64_t weights, bias;  // addresses
  int64_t act;
  Place out;
  int64_t out_ld;
};

struct Im2colStep {  // out[(y, x)][(i, j, c)] = in[y * stride_h + i * dilation_h][x * stride_w + j * dilation_w][c]
  int64_t out_h, out_w, kernel_h, kernel_w, channels, stride_h, stride_w, dilation_h, dilation_w;
  Place in;
  int64_t in_row, in_col;  // strides in elements
  Place out;
  int64_t out_ld;
};

enum Rnn : int64_t { LSTM = 0, GRU = 1 };
struct RnnStep {  // gates = in[t] (input half done by a GEMM, bias included) + h * recurrent (+ bias); PyTorch's gate order
  int64_t kind, steps, hidden, reverse;
  Place gates;
  int64_t gates_ld;
  int64_t recurrent;       // weights handle, k = hidden, n = gates * hidden; its bias is the hidden bias (GRU needs it apart)
  Place h, c;              // states, read and written
  Place work;              // gates * hidden floats
  Place out;
  int64_t out_ld;
};

}  // namespace qv
#endif
