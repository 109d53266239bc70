// One step of a program: a header and a list of 64-bit words that Java writes in the order of the struct's fields.
// Every field is 8 bytes, so a step's struct is its word list. Structs and operators come from steps.def, as Java's do.
#ifndef QUANTVOICE_EXEC_STEP_H
#define QUANTVOICE_EXEC_STEP_H
#include <cstdint>

namespace qv {

// The place of a buffer: a byte offset in the stream's arena, or ~offset in the thread's block-local scratch (steps of
// a row group only: row r of the block stands at offset + (r - first row of the block) * row stride), or NONE. Places
// from 1 << SLOT_SHIFT on lie in slots, the memory that streams keep between runs: slot n (1, 2, ...) has its bytes at
// (n << SLOT_SHIFT) + offset, and a run says where each slot begins.
using Place = int64_t;
constexpr Place NONE = INT64_MIN;
constexpr int SLOT_SHIFT = 44;
constexpr Place SLOT_OFFSET = (INT64_C(1) << SLOT_SHIFT) - 1;
constexpr int64_t MAX_SLOTS = 64;

// U8_ROWS: each row has a float scale and an int32 zero point, in two places
enum Type : int64_t { F32 = 0, U8 = 1, U8_ROWS = 2 };
enum Act : int64_t { ACT_NONE = 0, ACT_RELU = 1, ACT_GELU = 2, ACT_LEAKY_RELU = 3, ACT_SILU = 4, ACT_GELU_TANH = 5,
                     ACT_SIGMOID = 6, ACT_TANH = 7, ACT_EXP = 8, ACT_LOG = 9, ACT_SQRT = 10, ACT_NEG = 11, ACT_ABS = 12,
                     ACT_SIN = 13, ACT_COS = 14, ACT_RSQRT = 15, ACT_COUNT = 16 };

// Steps in a row with the same group >= 0 are one row group: each thread takes its share of the rows in blocks of about
// block_rows and runs all steps of the group on a block before the next. Group -1: the step splits itself.
struct StepHeader {
  int64_t op, group, block_rows, words;
};

constexpr int MAX_RANK = 6;
struct View {
  Place at;
  int64_t stride[MAX_RANK];  // in elements; 0 repeats
};

#define INT(name) int64_t name;
#define REAL(name) double name;
#define PLACE(name) Place name;
#define DIMS(name) int64_t name[MAX_RANK];
#define VIEW(name) View name;
#define STEP(NAME, Struct, number, by_rows, ...) \
  struct Struct##Step {                          \
    __VA_ARGS__                                  \
  };
#include "exec/steps.def"
#undef STEP
#undef INT
#undef REAL
#undef PLACE
#undef DIMS
#undef VIEW

enum Op : int64_t {
#define STEP(NAME, Struct, number, by_rows, ...) OP_##NAME = number,
#include "exec/steps.def"
#undef STEP
  OP_COUNT
};

enum Binary : int64_t { ADD = 0, SUB = 1, MUL = 2, DIV = 3, MAX = 4, MIN = 5, POW = 6, LESS = 7, LESS_EQUAL = 8, EQUAL = 9,
                        NOT_EQUAL = 10, GREATER = 11, GREATER_EQUAL = 12, AND = 13, OR = 14, FLOOR_DIV = 15, REMAINDER = 16 };
enum Reduce : int64_t { SUM = 0, MEAN = 1, VARIANCE = 2, MAXIMUM = 3, MINIMUM = 4 };
enum Rnn : int64_t { LSTM = 0, GRU = 1, PLAIN_TANH = 2, PLAIN_RELU = 3 };

// Returns the number of rows that a recurrence's weights have for each element of its state.
inline int64_t gates_of(int64_t kind) { return kind == LSTM ? 4 : kind == GRU ? 3 : 1; }

}  // namespace qv
#endif
