/**
 * TorchScript itself: archives and the check of what they contain, modules, their intermediate representation, the kinds of layers that
 * PyTorch quantizes, and writing.
 *
 * <p>Each call into libtorch happens in a scope of its own, so that no native memory is left to the collector.
 */
@NullMarked
package org.quantvoice.torch.script;

import org.jspecify.annotations.NullMarked;
