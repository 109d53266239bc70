/**
 * A small strict JSON reader and writer (RFC 8259), for the files that core must read without a library: token lists
 * and the plan inside a {@code .qv} file. Input is bounded in size and depth; duplicate keys, lone surrogates,
 * leading zeros and anything after the value are errors, never guesses. Values are immutable and may be shared by
 * threads; a {@link org.quantvoice.internal.json.JsonException} names the place.
 */
@NullMarked
package org.quantvoice.internal.json;

import org.jspecify.annotations.NullMarked;
