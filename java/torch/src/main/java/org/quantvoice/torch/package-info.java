/**
 * The LIBTORCH engine: runs TorchScript models, rewrites their graphs to libtorch's stock {@code quantized::*} operators, and
 * writes the result as TorchScript that loads without this package. It is, with its sub-packages, the only package that
 * imports {@code org.bytedeco.pytorch}.
 *
 * <p>Ownership: a model owns its libtorch module from {@code open} to {@code close}; everything else that a call makes on the
 * native side lives in one {@link org.quantvoice.torch.script.TorchCall} and ends with it. Threads: models may be run by any number
 * of threads; libtorch's quantized engine is one setting for the whole process and is guarded by
 * {@link org.quantvoice.torch.script.QuantizedEngine}. Errors: whatever C++ throws leaves this package as an exception of
 * {@link org.quantvoice.error} with a one-line message; the C++ trace goes to the log at DEBUG.
 *
 * <p>TorchScript is a program. Files are scanned before libtorch sees them (see {@link org.quantvoice.torch.archive.ScriptArchive}),
 * which stops accidents, not attackers: load trusted files only.
 */
@NullMarked
package org.quantvoice.torch;

import org.jspecify.annotations.NullMarked;
