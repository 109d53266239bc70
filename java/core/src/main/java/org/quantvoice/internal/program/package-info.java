/**
 * Planning: from a graph to the steps that the native executor runs for a given input length. It fuses operators,
 * matches attention, writes the steps of each operator, joins row groups, and lays out the arena, in which buffers
 * whose lives do not overlap share memory.
 *
 * <p>Everything here is pure: a graph goes in, an immutable {@link org.quantvoice.internal.program.Program} comes
 * out. Nothing here calls native code or reads files. Lengths are in elements, places in the arena in bytes.
 */
@NullMarked
package org.quantvoice.internal.program;

import org.jspecify.annotations.NullMarked;
