// Native objects that programs refer to by address: weights and blocks of float constants. An address that a program
// names is looked up here before it is dereferenced. Every program that uses an object owns a share of it, so that
// freeing the object meanwhile only releases one share.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace qv {

enum class HandleKind : int64_t { kS8Matrix = 0, kBf16Matrix = 1, kF32Matrix = 2, kFloats = 3 };

// Registers an object of `bytes` with one share, which its creator owns; destroy runs when the last share is released.
// Returns false if there is no memory.
bool add_handle(void* object, HandleKind kind, size_t bytes, void (*destroy)(void* object));

// Takes a share of the object at exactly this address if it is of this kind.
bool retain_handle(const void* object, HandleKind kind);

// Takes a share of the block of floats that holds [address, address + count); returns it, or NULL.
const void* retain_floats(const void* address, int64_t count);

// Finds the kind of the object at exactly this address; returns false if there is none.
bool handle_kind(const void* object, HandleKind* kind);

// Releases one share. Unknown addresses and NULL are ignored.
void release_handle(const void* object);

}  // namespace qv
