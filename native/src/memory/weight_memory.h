// Memory of packed weights: blocks one behind the other in large chunks, for which the system is asked for huge pages. A product walks
// through all weights of a model in each run, and with a page of 4 KiB for every few columns it would wait for the TLB.
#pragma once

#include <stddef.h>

namespace qv {

// Returns memory aligned to a cache line in a chunk that other blocks share, or NULL if no chunk can be had: then a block of
// its own may still fit. Any thread may call it.
void* take_from_chunk(size_t bytes);

// Returns whether the memory was a block of a chunk, which it then gives back. Its room is used again once all blocks behind
// it are given back too; its pages go to the system at once. A chunk is freed with its last block.
bool give_back_to_chunk(void* memory);

}  // namespace qv
