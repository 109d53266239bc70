// Scores of relative positions in attention: packed keys of positions, and their products with a block of query rows.
#pragma once

#include "exec/context.h"
#include "kernels/attention.h"

namespace qv {

constexpr int64_t kMostPacked = 65536;  // rows or columns of a packed right side

// Returns the bytes of one packed matrix [n, k].
size_t positions_bytes(const KernelTable& table, int64_t n, int64_t k, bool exact);

// Returns the bytes of workspace of position_scores for up to this many rows.
size_t positions_workspace(const KernelTable& table, const AttentionStep& s, int64_t rows);

// Computes the scores of rows [row0, row1) of a head, and turns the arguments of the head into those of these rows alone, with the
// scores as their mask. The mask's rows are one element less apart than the scores': this is the relative shift.
void position_scores(const AttentionStep& s, const Context& c, int64_t head, int64_t row0, int64_t row1, char* work,
                     qv_attention_args* args);

}  // namespace qv
