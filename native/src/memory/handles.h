// Native objects that programs refer to by address: weights and blocks of float constants. An address that a program
// names is looked up here before it is ever followed, and every program that uses an object owns a share of it, so that
// freeing it meanwhile only gives up one share.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace qv {

enum class HandleKind : int64_t { kS8Matrix = 0, kBf16Matrix = 1, kF32Matrix = 2, kFloats = 3 };

// Makes an object of `bytes` known with one share, its creator's; destroy runs when the last share is given up. False
// if there is no memory.
bool add_handle(void* object, HandleKind kind, size_t bytes, void (*destroy)(void* object));

// Takes a share of the object at exactly this address if it is of this kind.
bool retain_handle(const void* object, HandleKind kind);

// Takes a share of the block of floats that holds [address, address + count); returns it, or NULL.
const void* retain_floats(const void* address, int64_t count);

// The kind of the object at exactly this address; false if there is none.
bool handle_kind(const void* object, HandleKind* kind);

// Gives up one share. Unknown addresses, NULL among them, are ignored.
void release_handle(const void* object);

}  // namespace qv
