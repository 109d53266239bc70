/**
 * Loads, inspects and writes TorchScript: modules, their intermediate representation, the kinds of layers that PyTorch
 * quantizes, and files.
 *
 * <p>Each call into libtorch happens in a scope of its own, so that no native memory waits for the garbage collector.
 */
@NullMarked
package org.quantvoice.torch.script;

import org.jspecify.annotations.NullMarked;
