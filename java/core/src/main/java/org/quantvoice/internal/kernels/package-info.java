/**
 * The native kernels and the only door to them. {@link org.quantvoice.internal.kernels.NativeLibrary} finds and loads the shared
 * library once, the kernels' tier is chosen once for the CPU (or forced with {@code -Dquantvoice.isa=NAME}), and {@link
 * org.quantvoice.internal.kernels.Status} turns every native status into an exception.
 *
 * <p>Ownership: {@link org.quantvoice.internal.kernels.KernelPool}, matrices, programs, arenas and blocks of floats own native
 * memory. They may be shared by threads; {@code close()} is idempotent, and memory in use by a call under way is freed
 * when that call ends. A pool runs one call at a time; others wait.
 *
 * <p>Buffers are direct, in native byte order, and read or written from their position.
 */
@NullMarked
package org.quantvoice.internal.kernels;

import org.jspecify.annotations.NullMarked;
